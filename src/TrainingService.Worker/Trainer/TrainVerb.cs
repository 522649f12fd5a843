using System.Text.Json;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Extensions;
using TrainingService.Engine.Native;
using TrainingService.Engine.Training;
using TrainingService.Worker.Child;

namespace TrainingService.Worker.Trainer;

/// <summary>
/// The <c>train</c> verb: one run in a process of its own. In: the plan's file, and stdin for the wish to stop. Out: messages on stdout,
/// everything else on stderr. Ends with 0 when it left a result, whatever the result says.
/// </summary>
internal static class TrainVerb
{
    private const int StackBytes = 16 << 20;

    public static int Run(string[] args)
    {
        if (args is not ["--plan", var path, .. var rest] || rest.Chunk(2).Any(pair => pair is not ["--specs" or "--modules", _]))
        {
            Console.Error.WriteLine("train: expected --plan FILE, then --specs FILE and --modules FILE for each assembly of layers.");
            return 2;
        }
        ParentDeath.EndsThisProcess();
        using var messages = MessageWriter.TakeStdout();
        // libtorch takes a while to load; it does so while the plan is read. What goes wrong with it the run says, which waits for it too.
        new Thread(PreloadTorch) { IsBackground = true, Name = "torch loader" }.Start();
        using var stop = StopSignal.Listen();
        if (rest.Length > 0)
            LoadExtensions(rest.Chunk(2).ToLookup(pair => pair[0], pair => pair[1]));
        var plan = JsonSerializer.Deserialize<TrainerPlan>(File.ReadAllBytes(path), ContractsJson.Options)
            ?? throw new InvalidDataException($"{path}: expected a plan. Received: null.");
        if (!ParentDeath.IsChildOf(plan.WorkerProcessId))
        {
            Console.Error.WriteLine($"train: expected to be the child of the worker that wrote the plan, process {plan.WorkerProcessId}. It is gone, or another program stands between.");
            return 1;
        }

        // libtorch's dispose scopes belong to a thread: the whole run happens on this one.
        var training = new Thread(() => Train(plan, messages, stop.Token), StackBytes) { Name = "training" };
        training.Start();
        training.Join();
        return 0;
    }

    /// <summary>Before the plan is read, whose model may name what they register.</summary>
    private static void LoadExtensions(ILookup<string, string> paths)
    {
        SpecExtensions.Load(paths["--specs"]);
        ModuleExtensions.Load(paths["--modules"]);
    }

    private static void PreloadTorch()
    {
        try
        {
            NativeTorch.EnsureLoaded();
        }
        catch (Exception exception) when (exception is DllNotFoundException or IOException)
        {
            Console.Error.WriteLine(exception.Message);
        }
    }

    private static void Train(TrainerPlan plan, MessageWriter messages, CancellationToken stop)
    {
        TrainerResult result;
        using (AliveSignal.Begin(alive => messages.Write(TrainerMessageTypes.Alive, alive)))
            result = new TrainingRun(plan, new MessageObserver(messages)).Execute(stop);
        messages.Write(TrainerMessageTypes.Result, result);
    }
}
