using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Methods;

/// <summary>Forecast methods by name: those that need nothing are there from the start, others are added by who can make them.</summary>
public sealed class ForecastMethods
{
    private readonly SortedDictionary<string, Func<IForecaster>> _factories = new(StringComparer.Ordinal)
    {
        [Anvil.Name] = () => new Anvil(),
        [Extrapolation.Name] = () => new Extrapolation(),
        [Persistence.Name] = () => new Persistence(),
        [Sprog.Name] = () => new Sprog(),
        [Steps.Name] = () => new Steps(),
    };

    /// <summary>The names, sorted.</summary>
    public IReadOnlyCollection<string> Names => _factories.Keys;

    /// <summary>Adds a method, such as <c>model</c> with its checkpoint; one of the same name is replaced.</summary>
    public ForecastMethods Add(string name, Func<IForecaster> make)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(make);
        _factories[name] = make;
        return this;
    }

    /// <exception cref="ReportedException">No method has that name.</exception>
    public IForecaster Make(string name) => _factories.TryGetValue(name, out var make)
        ? make()
        : throw new ReportedException($"There is no forecast method '{name}': name one of {string.Join(", ", Names)}.");
}
