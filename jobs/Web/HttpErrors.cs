namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>Why a question is not answered, as a sentence; the service makes problem+json of it.</summary>
internal static class HttpErrors
{
    internal static BadHttpRequestException NotFound(string sentence) => new(sentence, StatusCodes.Status404NotFound);

    internal static BadHttpRequestException BadRequest(string sentence) => new(sentence, StatusCodes.Status400BadRequest);

    internal static BadHttpRequestException PayloadTooLarge(string sentence) => new(sentence, StatusCodes.Status413PayloadTooLarge);

    internal static BadHttpRequestException Gone(string sentence) => new(sentence, StatusCodes.Status410Gone);

    internal static BadHttpRequestException ServiceUnavailable(string sentence) => new(sentence, StatusCodes.Status503ServiceUnavailable);
}
