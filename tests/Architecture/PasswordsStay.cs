using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>
/// What a data source or an open connection tells of itself has lost the password: nothing may be opened with it. And no pool is called
/// by it.
/// </summary>
public sealed class PasswordsStay
{
    [Fact]
    public void NobodyReadsAConnectionStringBackFromADataSource()
    {
        foreach (var room in new[] { "jobs", "storage", "ops" })
        {
            foreach (var file in RepositoryFolder.Sources(room))
            {
                var text = File.ReadAllText(file);
                Assert.DoesNotContain("DataSource.ConnectionString", text, StringComparison.Ordinal);
                Assert.DoesNotContain("onnection.ConnectionString", text, StringComparison.Ordinal);
                if (room == "ops")
                    continue;
                // /metrics would call such a pool by its connection string, for strangers to read: NamedPool.
                Assert.DoesNotContain("new NpgsqlConnection(", text, StringComparison.Ordinal);
                Assert.DoesNotContain("NpgsqlDataSource.Create(", text, StringComparison.Ordinal);
            }
        }
    }
}
