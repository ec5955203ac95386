namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>What a mistyped word was meant to be.</summary>
internal static class Spelling
{
    private const int MostWrong = 3;

    /// <summary>" Did you mean 'x'?", or nothing where no word is near.</summary>
    internal static string DidYouMean(string typed, IEnumerable<string> words)
    {
        var best = words.Select(word => (Word: word, Distance: Distance(typed, word)))
            .Where(near => near.Distance <= Math.Min(MostWrong, near.Word.Length / 2))
            .OrderBy(near => near.Distance).FirstOrDefault();
        return best.Word is null ? "" : $" Did you mean '{best.Word}'?";
    }

    /// <summary>
    /// How many letters are added, left out, changed or swapped with their neighbour: optimal string alignment, Damerau 1964,
    /// doi:10.1145/363958.363994.
    /// </summary>
    internal static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
