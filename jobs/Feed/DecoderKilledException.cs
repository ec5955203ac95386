using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// The decoder was killed from outside while it read a file: by a person, or by the kernel for want of memory. The limits of a decoder
/// end it in other ways, so that the file need not be the cause.
/// </summary>
internal sealed class DecoderKilledException(string path, string problem, string advice) : RadarFileException(path, problem, advice);
