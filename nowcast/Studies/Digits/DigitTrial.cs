using System.Globalization;
using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>A point of the search.</summary>
public sealed record DigitChoice(
    int Layers, int Kernels, double LearningRate, int Batch, string Optimizer, string Activation, string Dataset)
{
    private static readonly string[] OptimizerNames = ["adam", "adamax", "radam", "sgd", "rmsprop"];
    private static readonly string[] ActivationNames = [Activations.Relu, Activations.Tanh];

    /// <summary>
    /// Layers and kernels evenly, as in the study; learning rate and batch evenly in their logarithm, as small ones learn more in little
    /// time.
    /// </summary>
    public static DigitChoice Draw(DigitSearchSpace space, Random random)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(random);
        var layers = random.Next(1, space.MostLayers + 1);
        var kernels = random.Next(1, space.MostKernels + 1);
        var rate = double.Parse(Log(1e-5, 0.1).ToString("0.0e0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var batch = (int)Math.Round(Log(32, 256));
        return new(
            layers, kernels, rate, batch, OptimizerNames[random.Next(OptimizerNames.Length)],
            ActivationNames[random.Next(ActivationNames.Length)],
            DigitData.Names[random.Next(DigitData.Names.Count)]);

        double Log(double least, double most) => Math.Exp(Math.Log(least) + (random.NextDouble() * Math.Log(most / least)));
    }
}

/// <summary>The ends of the search that a small machine may pull in.</summary>
public sealed record DigitSearchSpace(int MostLayers = 7, int MostKernels = 100);

/// <summary>What became of a choice. Losses are mean squared errors per pixel of frames in 0 … 1.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Choice">What was tried.</param>
/// <param name="TrainingLoss">The running mean at the end.</param>
/// <param name="ValidationLoss">Of the best epoch, on sequences that are not trained on.</param>
/// <param name="N6Error">On the frames of N6 that are held out.</param>
/// <param name="N3Error">On those of N3: digits never seen.</param>
/// <param name="Outcome">trained, collapsed (next to no ink where there is some), or diverged.</param>
/// <param name="Parameters">Numbers learned.</param>
/// <param name="Epochs">Begun, on all rungs.</param>
/// <param name="Steps">Done, on all rungs.</param>
/// <param name="Seconds">Of training, on all rungs.</param>
/// <param name="Rung">The last one of the search that it was trained on, from 1.</param>
public sealed record DigitTrial(
    int Number, DigitChoice Choice, double TrainingLoss, double ValidationLoss, double N6Error, double N3Error, string Outcome,
    long Parameters, int Epochs, int Steps, double Seconds,
    int Rung)
{
    public const string Trained = "trained", Collapsed = "collapsed", Diverged = "diverged";
}
