namespace ConvLstm.Nowcast.Storage.Jobs;

/// <summary>How a job ended.</summary>
public enum JobOutcome
{
    Succeeded,
    Failed,

    /// <summary>A person stopped it.</summary>
    Cancelled,

    /// <summary>Its program was stopped or killed, or lost the database; another run takes the job up.</summary>
    Interrupted,
}
