using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

[Slow("Waits for servers that are not there.")]
public sealed class ConnectionSettingsTests
{
    [Theory]
    [InlineData("Host=db;Port=5433;Username=me;Password=p@ss;Database=rain")]
    [InlineData("postgresql://me:p%40ss@db:5433/rain")]
    [InlineData("postgres://me:p%40ss@db:5433/rain?application_name=nowcast")]
    public void KeywordsAndAddressesSayTheSame(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionSettings.Parse(text));

        Assert.Equal(
            ("db", 5433, "me", "p@ss", "rain", "nowcast"),
            (settings.Host, settings.Port, settings.Username, settings.Password, settings.Database, settings.ApplicationName));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Username=me")]
    [InlineData("Hst=db")]
    [InlineData("postgresql://")]
    public void WhatIsNoConnectionStringIsReportedWithTheSetting(string text)
    {
        Assert.Contains("NOWCAST_DB", Assert.Throws<ReportedException>(() => ConnectionSettings.Parse(text)).Message);
    }

    [Fact]
    public async Task ThePasswordIsNotInTheErrorOfAServerThatIsNotThere()
    {
        var error = await Assert.ThrowsAsync<ReportedException>(() =>
            NowcastDatabase.OpenAsync("Host=127.0.0.1;Port=1;Username=me;Password=secret;Database=rain",
                TestContext.Current.CancellationToken));

        Assert.Contains("127.0.0.1:1", error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }
}
