using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>One training at work, from its first validation or from where it was stopped: epochs of steps, and where it stands.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const double LossMemory = 0.95;

    /// <summary>
    /// Normalised rain goes from 0 to about 1, and log-odds of it to some tens: no prediction that means anything has such a loss.
    /// </summary>
    private const double DivergedAt = 1e4;

    private readonly TrainingOptions _options;
    private readonly TimeProvider _time;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly RainNetwork _network;
    private readonly ITrainingWindows _windows;
    private readonly Func<Tensor, Tensor, Tensor, Tensor> _loss;
    private readonly StoppedTraining? _stopped;
    private readonly TrainingState _before;
    private readonly long _started;
    private readonly int _windowsOfEpoch;
    private readonly Weights _best;
    private readonly AffordableBatch _batch;
    private readonly ValidationLoss _validation;
    private readonly List<(double Training, double Validation)> _curve;

    // Where it stands, as in TrainingState.
    private int _step, _epoch, _drawn, _bestEpoch;
    private bool _isInEpoch;
    private double _trainingLoss, _begun, _firstLoss, _persistenceLoss, _bestLoss;

    internal TrainingRun(TrainingOptions options, TimeProvider time, IProgress<TrainingProgress>? progress, RainNetwork network,
        ITrainingWindows windows, Func<Tensor, Tensor, Tensor, Tensor> loss, StoppedTraining? stopped)
    {
        (_options, _time, _progress, _network, _windows, _loss, _stopped) = (options, time, progress, network, windows, loss, stopped);
        _started = time.GetTimestamp();
        network.to(options.Device);
        _before = stopped?.State ?? new();
        (_step, _epoch, _isInEpoch, _drawn, _begun) =
            (_before.Step, _before.Epoch, _before.IsInEpoch, _before.Drawn, _before.Begun);
        (_trainingLoss, _firstLoss, _persistenceLoss, _bestLoss, _bestEpoch) =
            (_before.TrainingLoss, _before.FirstLoss, _before.PersistenceLoss, _before.BestLoss, _before.BestEpoch);
        _curve = _before.Curve.Select(e => (e.Training, e.Validation)).ToList();
        // Halving the batch makes more steps of an epoch, not fewer windows.
        _windowsOfEpoch = Math.Max(1, options.WindowsPerEpoch / options.BatchSize) * options.BatchSize;
        _best = new(network);
        _batch = new(_before.BatchSize ?? options.BatchSize, notice => Report(null, notice));
        _validation = new(windows, options, loss, _batch);
    }

    public void Dispose() => _best.Dispose();

    /// <summary>Trains to the end; the network then has the weights of the best epoch.</summary>
    internal TrainingResult Run(CancellationToken cancellation)
    {
        Report(null, phase: TrainingPhases.Start);
        if (_stopped is null)
            ValidateUntrained(cancellation);
        var trained = Parameters(cancellation);
        using var optimizer = Optimizers.Named(_options.Optimizer, trained, _options.LearningRate);
        _stopped?.Restore(_network, optimizer);
        StoppedTraining? left = null;
        try
        {
            RunEpochs(optimizer, cancellation);
        }
        catch (OperationCanceledException) when (_options.KeepsWhenStopped && _curve.Count > 0)
        {
            left = StoppedTraining.Of(State(), _network, optimizer);
        }
        _best.Restore();
        return new(_epoch, _step, _firstLoss, _trainingLoss, _bestLoss, _persistenceLoss, Duration(), _curve)
        {
            BatchSize = _batch.Size, Stopped = left, Done = left is null ? 1 : Math.Min(Fraction(), 1),
        };
    }

    private void ValidateUntrained(CancellationToken cancellation)
    {
        _firstLoss = _validation.Of(_network, cancellation);
        _persistenceLoss = _validation.OfPersistence(_network, cancellation);
        _bestLoss = _firstLoss;
    }

    /// <summary>What the epochs train: all, or the ConvLSTM of a Lagrangian network whose head is trained here, on pixels.</summary>
    private IEnumerable<Parameter> Parameters(CancellationToken cancellation)
    {
        if (_network is not LagrangianNetwork lagrangian || _options.PixelWindows <= 0)
            return _network.parameters();
        if (_stopped is null)
            TrainHead(lagrangian, cancellation);
        return lagrangian.StateParameters;
    }

    private void TrainHead(LagrangianNetwork lagrangian, CancellationToken cancellation)
    {
        new PixelTraining(_options, _loss).Run(lagrangian, _windows, TimeUsed, new Random(unchecked((int)_options.Seed)),
            (phase, done, value) =>
            {
                _trainingLoss = value;
                Report(null, phase: phase, done: done);
            }, cancellation);
        _begun = Fraction();
        Validate(cancellation);
    }

    private void RunEpochs(optim.Optimizer optimizer, CancellationToken cancellation)
    {
        var step = new TrainingStep(_options, _network, _windows, _loss, optimizer);
        var schedule = Schedules.Named(_options.Schedule);
        while (_isInEpoch || (Fraction() < 1 && _epoch - _bestEpoch <= _options.Patience))
        {
            // One that was stopped goes on in the middle of an epoch.
            if (!_isInEpoch)
                (_epoch, _drawn, _isInEpoch) = (_epoch + 1, 0, true);
            while (_drawn < _windowsOfEpoch && Fraction() < 1)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = _options.LearningRate * schedule(_step, FractionOfEpochs());
                Step(step);
                Report(_curve.Count == 0 ? null : _curve[^1].Validation);
            }
            Validate(cancellation);
            _isInEpoch = false;
        }
    }

    private void Step(TrainingStep step)
    {
        var value = _batch.Run(size => step.Do(size, RandomOfStep.Of(_options.Seed, _step)));
        _drawn += _batch.Size;
        if (!(Math.Abs(value) < DivergedAt))
            throw new ReportedException(
                $"The training diverged: the loss of step {_step + 1} is {value}. Lower --learning-rate (now {_options.LearningRate}).");
        _trainingLoss = double.IsNaN(_trainingLoss) ? value : (LossMemory * _trainingLoss) + ((1 - LossMemory) * value);
        _step++;
    }

    private void Validate(CancellationToken cancellation)
    {
        var validated = _validation.Of(_network, cancellation);
        _curve.Add((_trainingLoss, validated));
        if (_options.StopAtCollapse)
            Collapse.Check(_network, _windows, _options, _epoch);
        Report(validated);
        if (validated >= _bestLoss)
            return;
        (_bestLoss, _bestEpoch) = (validated, _epoch);
        _best.Remember();
    }

    private TrainingState State() => new()
    {
        Step = _step, Epoch = _epoch, IsInEpoch = _isInEpoch, TrainingLoss = _trainingLoss, Drawn = _drawn, Begun = _begun,
        Curve = [.. _curve.Select(e => new LossesOfEpoch(e.Training, e.Validation))],
        FirstLoss = _firstLoss, PersistenceLoss = _persistenceLoss, BestLoss = _bestLoss, BestEpoch = _bestEpoch,
        BatchSize = _batch.Size, TimeUsed = TimeUsed(), Seconds = Duration().TotalSeconds, Flags = TrainingState.FlagsOf(_options),
    };

    private void Report(double? validated, string? notice = null, string phase = TrainingPhases.Epochs, double? done = null) =>
        _progress?.Report(new(_epoch, _step, Fraction(), _trainingLoss, validated)
        {
            Notice = notice, Phase = phase, PhaseFraction = done ?? (phase == TrainingPhases.Epochs ? FractionOfEpochs() : 0),
        });

    private TimeSpan Duration() => TimeSpan.FromSeconds(_before.Seconds) + _time.GetElapsedTime(_started);

    private double TimeUsed() => _before.TimeUsed + (_options.Budget is TimeSpan budget ? _time.GetElapsedTime(_started) / budget : 0);

    /// <summary>How much of the training is done, from 0; its end is 1.</summary>
    private double Fraction() => Math.Max(
        TimeUsed(), _options.Epochs is int epochs && _epoch > 0 ? (_epoch - 1 + ((double)_drawn / _windowsOfEpoch)) / epochs : 0);

    private double FractionOfEpochs() => (Fraction() - _begun) / (1 - _begun);
}
