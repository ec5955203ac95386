using ConvLstm.Nowcast.Jobs.Settings;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>What decoders may cost.</summary>
internal sealed record DecoderOptions
{
    internal static DecoderOptions Default { get; } = Of(new());

    /// <summary>As an installation has set them, for files that a person names.</summary>
    internal static DecoderOptions Of(DecoderSettings settings) => new()
    {
        FileLimit = TimeSpan.FromSeconds(settings.Seconds), MemoryLimit = (long)settings.MemoryMB << 20,
    };

    /// <summary>The same for the files of a feed, which anybody may have put there.</summary>
    internal DecoderOptions OfFeed => this with { FollowsLinks = false };

    /// <summary>How long the reading of one file may take in all.</summary>
    internal TimeSpan FileLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a decoder may take to start; that is not the file's fault.</summary>
    internal TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The memory of one decoder in bytes.</summary>
    internal long MemoryLimit { get; init; } = 2L << 30;

    /// <summary>A file of more bytes is not read, nor is one that unpacks to more.</summary>
    internal long LargestFile { get; init; } = 1L << 30;

    /// <summary>A decoder is replaced after so many files: the C libraries lose some 25 kB with each.</summary>
    internal int FilesPerProcess { get; init; } = 1000;

    /// <summary>Decoders that work at the same time.</summary>
    internal int Processes { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>False refuses links: who may write to a feed may not name files elsewhere for the service to read.</summary>
    internal bool FollowsLinks { get; init; } = true;

    /// <summary>The program that decodes, with its arguments before the limit; this program where null.</summary>
    internal IReadOnlyList<string>? Program { get; init; }
}
