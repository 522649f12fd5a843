using System.Diagnostics;
using TrainingService.Domain.Extensions;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>How a trainer is started: this same program's <c>train</c> verb, or what the operator wants in its place.</summary>
internal static class TrainerStart
{
    public static ProcessStartInfo Of(Guid jobId, string planPath, ExtensionOptions extensions, WorkerOptions options)
    {
        var start = ChildProcess.Verb("train", planPath, options.TrainerProgram);
        foreach (var (option, path) in extensions.Specs.Select(path => ("--specs", path)).Concat(extensions.Modules.Select(path => ("--modules", path))))
        {
            start.ArgumentList.Add(option);
            start.ArgumentList.Add(path);
        }

        // It opens files from outside: it is not told where the database is. The id lets an operator find it among the processes.
        foreach (var secret in start.Environment.Keys.Where(key => key.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(secret);
        start.Environment["TRAINING_JOB_ID"] = jobId.ToString();
        // Instrumented code pays off in servers; here the time is spent in libtorch.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
