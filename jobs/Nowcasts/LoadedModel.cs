using System.Globalization;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>The model of <see cref="ForecastModel"/>, loaded once and again when it is another.</summary>
internal sealed class LoadedModel
{
    private Checkpoint? _model;
    private string? _which;

    /// <returns>Null where there is none. Not for the caller to dispose of.</returns>
    /// <exception cref="ConvLstm.Nowcast.Ingest.ReportedException">The file is missing or damaged.</exception>
    internal async Task<Checkpoint?> GetAsync(string? file, NowcastDatabase database, Device device, CancellationToken cancellation)
    {
        var which = string.IsNullOrEmpty(file)
            ? (await ForecastModel.PromotedAsync(database, cancellation))?.Checksum
            : string.Create(CultureInfo.InvariantCulture, $"{file} {File.GetLastWriteTimeUtc(file).Ticks}");
        if (which is not null && which == _which)
            return _model;
        _model?.Dispose();
        (_model, _which) = (null, null);
        (_model, _which) = (await ForecastModel.LoadAsync(file, database, device, cancellation), which);
        return _model;
    }
}
