using System.Text.Json;

namespace TrainingService.Client.Cli;

/// <summary>Runs a verb and says failures that a person can do something about without a stack trace.</summary>
internal static class Guarded
{
    public static async Task<int> RunAsync(Uri server, Func<TrainingServiceClient, Terminal, Task<int>> verb, CancellationToken ct)
    {
        var terminal = Terminal.Standard();
        using var http = new HttpClient { BaseAddress = server };
        try
        {
            return await verb(new TrainingServiceClient(http), terminal);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            terminal.ClearLive();
            return ExitCode.Interrupted;
        }
        catch (TrainingServiceException exception)
        {
            terminal.ClearLive();
            ProblemText.Write(Console.Error, exception.Problem);
        }
        catch (JsonException exception)
        {
            terminal.ClearLive();
            Console.Error.WriteLine($"Not JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // Cancelled by nobody: the HttpClient's own timeout.
            terminal.ClearLive();
            Console.Error.WriteLine($"{server} does not answer: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            terminal.ClearLive();
            Console.Error.WriteLine(exception.Message);
        }
        return ExitCode.Failure;
    }
}
