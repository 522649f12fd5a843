using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using TrainingService.Testing;

namespace TrainingService.EndToEnd.Tests;

public sealed partial class QuickStartTests
{
    [Theory]
    [InlineData("mnist-quick.json", 0.95)]
    [InlineData("mnist-cnn.json", 0.985)]
    public async Task The_quick_start_trains_the_example_and_leaves_the_model(string example, double atLeast)
    {
        Needs.Postgres();
        var data = Directory.CreateTempSubdirectory("quickstart-").FullName;
        try
        {
            var (code, output) = await RunAsync(["--exit", "--example", Repository.Example(example), "--port", FreePort(), "--data-dir", data]);

            Assert.True(code == 0, output);
            var accuracy = double.Parse(TestAccuracy().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.True(accuracy >= atLeast, output);
            Assert.Contains("225,034", output, StringComparison.Ordinal);
            var model = Assert.Single(Directory.EnumerateFiles(data, "model.safetensors", SearchOption.AllDirectories));
            Assert.Contains(model, output, StringComparison.Ordinal);
            Assert.True(new FileInfo(model).Length > 225_034 * sizeof(float));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Theory]
    [InlineData("--port", "ninety")]
    [InlineData("--example", "no-such-file.json")]
    [InlineData("--colour", "red")]
    public async Task A_wrong_option_is_named_before_anything_starts(string option, string value)
    {
        var (code, output) = await RunAsync([option, value]);
        Assert.Equal(2, code);
        Assert.Contains(option == "--colour" ? option : value, output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"test accuracy\D*([01]\.\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex TestAccuracy();

    private static async Task<(int Code, string Output)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "quickstart.sh"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var ct = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output + await errors);
    }

    internal static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
