using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Faults;

/// <summary>Programs that die, hang, or are told to go.</summary>
internal static class ProcessFaults
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("F01", "a trainer is killed", 3, KillTrainerAsync),
        new("F02", "a trainer hangs", 1, HangTrainerAsync),
        new("F03", "a worker is killed", 2, KillWorkerAsync),
        new("F04", "a worker is paused past its lease and comes back", 2, PauseWorkerAsync),
        new("F05", "a worker is told to stop", 2, StopWorkerAsync),
        new("F06", "the api is killed", 2, KillApiAsync),
        new("F07", "api, workers and trainers are killed at once", 1, KillAllAsync),
    ];

    /// <summary>Everything but the database goes; the database is what remembers.</summary>
    public static async Task KillAllAsync(ServiceUnderFault service, TimeSpan down, CancellationToken ct)
    {
        var trainers = service.Trainers;
        foreach (var program in service.Workers.Append(service.Api))
            program.Send(Signal.Kill);
        foreach (var (trainer, _) in trainers)
            Signals.Send(trainer, Signal.Kill);
        foreach (var program in service.Workers.Append(service.Api))
            await program.KillAsync();
        await Task.Delay(down, ct);
        await service.RestoreAsync(ct);
    }

    private static Task KillTrainerAsync(FaultScene scene)
    {
        if (TrainerOf(scene) is { } trainer)
            Signals.Send(trainer, Signal.Kill);
        return Task.CompletedTask;
    }

    /// <summary>Nobody continues it: the worker must notice and end it, or the run takes as long as it is paused.</summary>
    private static async Task HangTrainerAsync(FaultScene scene)
    {
        if (TrainerOf(scene) is not { } trainer)
            return;
        Signals.Send(trainer, Signal.Stop);
        await Processes.WaitForEndAsync(trainer, StopPatience, scene.Ct);
    }

    private static async Task KillWorkerAsync(FaultScene scene)
    {
        var worker = scene.Pick(scene.Service.Workers);
        scene.Say(worker.Name);
        await worker.KillAsync();
        worker.Start();
    }

    private static async Task PauseWorkerAsync(FaultScene scene)
    {
        var worker = scene.Pick(scene.Service.Workers);
        scene.Say(worker.Name);
        worker.Send(Signal.Stop);
        await scene.LastAsync(scene.Between(ServiceUnderFault.LeaseSeconds * 0.5, ServiceUnderFault.LeaseSeconds * 2.5));
        worker.Send(Signal.Continue);
    }

    private static async Task StopWorkerAsync(FaultScene scene)
    {
        var worker = scene.Pick(scene.Service.Workers);
        scene.Say(worker.Name);
        var code = await worker.StopAsync(StopPatience);
        if (code != 0)
            throw new InvalidOperationException($"{worker.Name} ended with code {code} after SIGTERM.\n{worker.Tail()}");
        worker.Start();
    }

    private static async Task KillApiAsync(FaultScene scene)
    {
        await scene.Service.Api.KillAsync();
        await scene.LastAsync(scene.Between(0, 2));
        scene.Service.Api.Start();
        await scene.Service.WaitUntilReadyAsync(scene.Ct);
    }

    private static Task KillAllAsync(FaultScene scene)
    {
        var down = scene.Pick([TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20)]);
        scene.Say($"down for {down.TotalSeconds:0} s");
        return KillAllAsync(scene.Service, down, scene.Ct);
    }

    private static int? TrainerOf(FaultScene scene)
    {
        var trainers = scene.Service.Trainers;
        if (trainers.Count == 0)
        {
            scene.Say("none runs");
            return null;
        }
        var (id, job) = scene.Pick(trainers);
        scene.Say($"process {id} of job {job}");
        return id;
    }
}
