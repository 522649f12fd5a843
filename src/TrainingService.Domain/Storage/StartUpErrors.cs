using System.Net.Sockets;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Extensions;

namespace TrainingService.Domain.Storage;

/// <summary>A program cannot start as it is configured; the message says what to change.</summary>
public sealed class StartUpException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Says on stderr why a program ends: what somebody can mend in a sentence, anything else with its stack.</summary>
public static class StartUpErrors
{
    /// <returns>The program's exit code.</returns>
    public static int Report(Exception exception)
    {
        Console.Error.WriteLine(IsMendable(exception) ? exception.Message : exception);
        return 1;
    }

    // A setting, an address that is taken, a folder that cannot be written. The last is how a value of an option is refused.
    private static bool IsMendable(Exception exception) => exception
        is StartUpException or ExtensionException or OptionsValidationException or IOException or UnauthorizedAccessException or SocketException or FormatException
        or InvalidOperationException { InnerException: ArgumentException or FormatException };
}
