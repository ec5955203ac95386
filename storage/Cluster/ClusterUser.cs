using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>
/// The system user under which initdb and postgres run. PostgreSQL refuses to run as root, so a program started by
/// root hands over to the user <c>postgres</c>, or to <c>nobody</c> where there is none.
/// </summary>
/// <param name="Name">Login name.</param>
/// <param name="GroupId">Its primary group.</param>
/// <param name="IsMe">True where this process already runs as that user.</param>
internal sealed record ClusterUser(string Name, int GroupId, bool IsMe)
{
    private static readonly string[] SwitchProgramFolders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

    public static ClusterUser Choose()
    {
        if (!Environment.IsPrivilegedProcess)
            return new ClusterUser(Environment.UserName, 0, IsMe: true);
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length >= 4)
            .ToLookup(fields => fields[0]);
        foreach (var name in new[] { "postgres", "nobody" })
        {
            if (accounts[name].FirstOrDefault() is { } fields)
                return new ClusterUser(name, int.Parse(fields[3], CultureInfo.InvariantCulture), IsMe: false);
        }
        throw new ReportedException(
            "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody. Start the program as an ordinary "
                + "user.");
    }

    /// <summary>Runs a program as this user.</summary>
    public Task<OsCommand.Result> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        if (IsMe)
            return OsCommand.RunAsync(program, arguments, cancellation);
        // setpriv needs no PAM, which containers often lack; runuser is the other half of the same package.
        if (Locate("setpriv") is { } setpriv)
        {
            return OsCommand.RunAsync(
                setpriv,
                ["--reuid", Name, "--regid", GroupId.ToString(CultureInfo.InvariantCulture), "--init-groups", program, .. arguments],
                cancellation);
        }
        var runuser = Locate("runuser") ?? throw new ReportedException(
            "Neither setpriv nor runuser is there to start PostgreSQL as an ordinary user. Install util-linux, or start the program as an "
                + "ordinary user.");
        return OsCommand.RunAsync(runuser, ["-u", Name, "--", program, .. arguments], cancellation);
    }

    /// <summary>Makes a folder that only this user (and root) can enter.</summary>
    public async Task MakePrivateFolderAsync(string path, CancellationToken cancellation)
    {
        var group = GroupId.ToString(CultureInfo.InvariantCulture);
        string[] owner = IsMe ? [] : ["-o", Name, "-g", group];
        var made = await OsCommand.RunAsync("install", ["-d", "-m", "0700", .. owner, path], cancellation).ConfigureAwait(false);
        if (made.ExitCode != 0)
            throw new ReportedException($"The folder {path} cannot be made for user {Name}: {made.Output.Trim()}");
    }

    private static string? Locate(string program) =>
        SwitchProgramFolders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
