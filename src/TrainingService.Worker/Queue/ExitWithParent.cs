using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TrainingService.Worker.Queue;

/// <summary>Stops the worker when its stdin closes: whoever started it with <c>--exit-with-parent</c> holds the other end.</summary>
internal sealed class ExitWithParent(IHostApplicationLifetime lifetime, ILogger<ExitWithParent> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own, because reading a pipe cannot be cancelled.
        new Thread(WaitForEnd) { IsBackground = true, Name = "parent watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WaitForEnd()
    {
        using var stdin = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (stdin.Read(ignored) > 0)
        {
            // Whatever the parent says is not for us; only its end is.
        }
        logger.LogInformation("The parent is gone; the worker stops.");
        lifetime.StopApplication();
    }
}
