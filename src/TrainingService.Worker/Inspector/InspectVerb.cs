using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Native;
using TrainingService.Worker.Child;

namespace TrainingService.Worker.Inspector;

/// <summary>
/// The <c>inspect</c> verb: reads the files of one version of a data set in a process of its own, because they come from strangers. In: the plan's
/// file, and stdin for the wish to stop. Out: the stored form in the output folder, messages on stdout, everything else on stderr. Ends with 0
/// when it left a result, whatever the result says.
/// </summary>
internal static class InspectVerb
{
    private const int StackBytes = 16 << 20;

    public static int Run(string[] args)
    {
        if (args is not ["--plan", var path])
        {
            Console.Error.WriteLine("inspect: expected --plan FILE.");
            return 2;
        }
        ParentDeath.EndsThisProcess();
        using var messages = MessageWriter.TakeStdout();
        using var stop = StopSignal.Listen();
        var plan = JsonSerializer.Deserialize<IngestPlan>(File.ReadAllBytes(path), ContractsJson.Options)
            ?? throw new InvalidDataException($"{path}: expected a plan. Received: null.");
        if (!ParentDeath.IsChildOf(plan.WorkerProcessId))
        {
            Console.Error.WriteLine($"inspect: expected to be the child of the worker that wrote the plan, process {plan.WorkerProcessId}. It is gone, or another program stands between.");
            return 1;
        }
        if (plan.MemoryLimitBytes is { } memory)
            ProcessMemory.Limit(memory);

        // A stack of a known size, for formats that nest.
        var reading = new Thread(() => new Inspection(plan, messages).Run(stop.Token), StackBytes) { Name = "reading" };
        reading.Start();
        reading.Join();
        return 0;
    }
}
