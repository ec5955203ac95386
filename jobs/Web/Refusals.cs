namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>Why a question is not answered, as a sentence; the service makes problem+json of it.</summary>
internal static class Refusals
{
    internal static BadHttpRequestException NotFound(string sentence) => new(sentence, StatusCodes.Status404NotFound);

    internal static BadHttpRequestException Wrong(string sentence) => new(sentence, StatusCodes.Status400BadRequest);

    internal static BadHttpRequestException TooMuch(string sentence) => new(sentence, StatusCodes.Status413PayloadTooLarge);

    internal static BadHttpRequestException Gone(string sentence) => new(sentence, StatusCodes.Status410Gone);

    internal static BadHttpRequestException TooMany(string sentence) => new(sentence, StatusCodes.Status503ServiceUnavailable);
}
