namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>Who may use the dashboard; without any of it only who has the token that is printed at the start.</summary>
internal sealed record DashboardSettings
{
    /// <summary>Shorter ones can be guessed.</summary>
    private const int ShortestSecret = 16;

    /// <summary>The name of who may do everything (HTTP Basic).</summary>
    public string? User { get; init; }

    /// <summary>The password that goes with <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Who may look and change nothing.</summary>
    public string? ViewerUser { get; init; }

    /// <summary>The password that goes with <see cref="ViewerUser"/>.</summary>
    public string? ViewerPassword { get; init; }

    /// <summary>What a proxy that has asked for a password sends with the questions of those who knew it.</summary>
    public string? ProxySecret { get; init; }

    /// <summary>True lets everybody look.</summary>
    public bool Public { get; init; }

    internal bool HasCredentials => !string.IsNullOrEmpty(User) && !string.IsNullOrEmpty(Password);

    internal bool HasViewer => HasCredentials && !string.IsNullOrEmpty(ViewerUser) && !string.IsNullOrEmpty(ViewerPassword);

    /// <summary>A half of a pair that is missing, or a secret that is short; a line each.</summary>
    internal IEnumerable<string> Problems()
    {
        if (IsHalf(User, Password))
            yield return Half("USER", "PASSWORD");
        if (IsHalf(ViewerUser, ViewerPassword))
            yield return Half("VIEWERUSER", "VIEWERPASSWORD");
        if (!string.IsNullOrEmpty(ViewerUser) && !HasCredentials)
            yield return "NOWCAST_DASHBOARD__VIEWERUSER is set: set NOWCAST_DASHBOARD__USER and __PASSWORD too, of who may do more than "
                + "look.";
        if (ProxySecret is { Length: > 0 and < ShortestSecret })
        {
            yield return $"NOWCAST_DASHBOARD__PROXYSECRET has {ProxySecret.Length} characters: "
                + $"give {ShortestSecret} or more, such as those of \"openssl rand -hex 32\".";
        }
    }

    private static bool IsHalf(string? first, string? second) => string.IsNullOrEmpty(first) != string.IsNullOrEmpty(second);

    private static string Half(string one, string other) =>
        $"Of NOWCAST_DASHBOARD__{one} and NOWCAST_DASHBOARD__{other} only one is set: set both, or neither.";
}
