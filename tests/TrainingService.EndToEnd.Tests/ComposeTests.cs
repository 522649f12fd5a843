using System.Diagnostics;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

public sealed class ComposeTests
{
    [Fact]
    public async Task The_compose_file_is_valid()
    {
        var (code, output) = await RunAsync("docker-compose", ["-f", Path.Combine(Repository.Root, "docker-compose.yml"), "config"]);
        Assert.True(code == 0, output);
        Assert.All(new[] { "postgres:", "api:", "worker:", "service_healthy", "ConnectionStrings__Training" }, text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    internal static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        Needs.Program(program);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var ct = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output + await errors);
    }
}
