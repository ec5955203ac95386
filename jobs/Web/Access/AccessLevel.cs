namespace ConvLstm.Nowcast.Jobs.Web.Access;

/// <summary>What somebody may do with the jobs, the feeds and the models; each level has those before it.</summary>
internal enum AccessLevel
{
    None,

    /// <summary>See the dashboard.</summary>
    Look,

    /// <summary>Change what it shows: run, cancel and pause jobs, promote and roll back models.</summary>
    Operate,
}
