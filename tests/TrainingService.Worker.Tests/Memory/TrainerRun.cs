using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Tests.Memory;

/// <summary>What became of a trainer.</summary>
/// <param name="Estimate">What was expected of it.</param>
/// <param name="PeakBytes">The most that was resident.</param>
/// <param name="Result">Its last line.</param>
/// <param name="ExitCode">Of the process.</param>
/// <param name="Log">Its stderr.</param>
internal sealed record TrainerOutcome(MemoryEstimate Estimate, long PeakBytes, TrainerResult? Result, int ExitCode, string Log);

/// <summary>Runs the real trainer on rows of noise.</summary>
internal static class TrainerRun
{
    /// <param name="job">The body of a request; its data set is <c>noise</c>.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="height">Size of the rows' first axis.</param>
    /// <param name="width">Size of their second.</param>
    /// <param name="limit">What the trainer may take, given its estimate.</param>
    public static async Task<TrainerOutcome> RunAsync(string job, int rows, int height, int width, Func<MemoryEstimate, long> limit, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("trainer-memory-");
        try
        {
            var info = new DatasetInfo(
                "noise", "Noise", new Dictionary<string, long> { ["train"] = rows }, new Shape(height, width), "uint8", new Shape(), "uint8", 10, "", "");
            WriteNoise(folder.FullName, "images-idx3", 256, [rows, height, width]);
            WriteNoise(folder.FullName, "labels-idx1", 10, [rows]);
            var submission = JobSubmission.TryRead(JsonElement.Parse(job), [info], out var violations);
            Assert.True(submission is not null, string.Join('\n', violations));
            var output = folder.CreateSubdirectory("output").FullName;
            var plan = new TrainerPlan(
                Guid.NewGuid(), 1, submission.Spec, [new DatasetLocation(info, folder.FullName)], output, 2, Environment.ProcessId, MemoryLimitBytes: limit(submission.Memory));
            var path = Path.Combine(folder.FullName, "plan.json");
            await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(plan, ContractsJson.Options), ct);
            return await WatchAsync(path, submission.Memory, ct);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<TrainerOutcome> WatchAsync(string planPath, MemoryEstimate estimate, CancellationToken ct)
    {
        using var process = await Spawner.StartAsync(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "TrainingService.Worker"), ["train", "--plan", planPath])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        await using var kill = ct.Register(process.Kill);
        var log = process.StandardError.ReadToEndAsync(ct);
        TrainerResult? result = null;
        long peak = 0;
        // The last lines come while it still lives; the mark is of the whole life until then.
        while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            peak = Math.Max(peak, Peak(process.Id));
            var message = JsonSerializer.Deserialize<TrainerMessage>(line, ContractsJson.Options)!;
            if (message.Type == TrainerMessageTypes.Result)
                result = message.Data.Deserialize<TrainerResult>(ContractsJson.Options);
        }
        await process.WaitForExitAsync(ct);
        return new TrainerOutcome(estimate, peak, result, process.ExitCode, await log);
    }

    /// <summary>The high-water mark of a process's resident memory.</summary>
    private static long Peak(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;
        }
        catch (IOException)
        {
            return 0; // gone meanwhile
        }
    }

    private static void WriteNoise(string folder, string name, int below, int[] shape)
    {
        using var file = File.Create(Path.Combine(folder, $"train-{name}-ubyte"));
        Span<byte> number = stackalloc byte[4];
        file.Write([0, 0, 8, (byte)shape.Length]);
        foreach (var size in shape)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, size);
            file.Write(number);
        }
        var values = new byte[shape.Aggregate(1, (product, size) => product * size)];
        new Random(1).NextBytes(values);
        for (var i = 0; i < values.Length && below < 256; i++)
            values[i] = (byte)(values[i] % below);
        file.Write(values);
    }
}
