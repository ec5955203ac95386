using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>The programs of one PostgreSQL installation.</summary>
/// <param name="Folder">The folder that holds initdb, pg_ctl and postgres.</param>
/// <param name="Major">The major version: 15, 16, ….</param>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    private const string DebianFolder = "/usr/lib/postgresql";
    private const string HowToInstall =
        "Install it (Debian: apt-get install postgresql postgresql-postgis), name its folder of programs in NOWCAST_PG_BIN, or name a "
            + "server in NOWCAST_DB.";

    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];
    private static readonly string[] Libraries = ["postgis-3", "postgis_raster-3"];

    public string InitDb => Path.Combine(Folder, "initdb");
    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>
    /// PostGIS's libraries, to be loaded once by the server and inherited by each connection: the first question of a
    /// connection then costs a millisecond instead of 200 (GDAL and PROJ start up with the library).
    /// Empty where the libraries are elsewhere; the server then loads them when first used.
    /// </summary>
    public IReadOnlyList<string> PreloadableLibraries()
    {
        var libraries = Path.GetFullPath(Path.Combine(Folder, "..", "lib"));
        return Libraries.Where(name => File.Exists(Path.Combine(libraries, name + ".so"))).ToArray();
    }

    /// <summary>The newest installation with PostGIS, else the newest; NOWCAST_PG_BIN decides where it is set.</summary>
    /// <param name="major">The version that existing data needs; null for any.</param>
    /// <exception cref="ReportedException">There is none, or none of that version.</exception>
    public static PostgresBinaries Find(int? major)
    {
        if (Environment.GetEnvironmentVariable("NOWCAST_PG_BIN") is { Length: > 0 } named)
        {
            return At(named) ?? throw new ReportedException(
                $"NOWCAST_PG_BIN={named} holds no initdb, pg_ctl and postgres. Name the folder of PostgreSQL's programs, or unset it.");
        }
        var found = Candidates().Select(At).OfType<PostgresBinaries>().ToList();
        if (found.Count == 0)
            throw new ReportedException($"PostgreSQL is not installed on this machine. {HowToInstall}");
        return found.Where(binaries => major is null || binaries.Major == major)
            .OrderByDescending(binaries => binaries.PreloadableLibraries().Count).ThenByDescending(binaries => binaries.Major)
            .FirstOrDefault()
            ?? throw new ReportedException(
                $"The private cluster's data is of PostgreSQL {major}, which is no longer installed. Install postgresql-{major}, or move "
                    + "the data with pg_upgrade.");
    }

    private static IEnumerable<string> Candidates()
    {
        if (Directory.Exists(DebianFolder))
        {
            foreach (var version in Directory.EnumerateDirectories(DebianFolder))
                yield return Path.Combine(version, "bin");
        }
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
    }

    private static PostgresBinaries? At(string folder)
    {
        if (!Programs.All(program => File.Exists(Path.Combine(folder, program))))
            return null;
        return VersionOf(folder) is { } major ? new PostgresBinaries(folder, major) : null;
    }

    /// <summary>From the folder's name on Debian, otherwise as the server says.</summary>
    private static int? VersionOf(string folder)
    {
        var parent = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(folder)));
        if (int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out var major))
            return major;
        var answer = OsCommand.ReadLine(Path.Combine(folder, "postgres"), "--version");
        // "postgres (PostgreSQL) 16.3 (…)"
        var word = answer?.Split(' ').FirstOrDefault(part => part.Length > 0 && char.IsAsciiDigit(part[0]));
        return int.TryParse(word?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out major) ? major : null;
    }
}
