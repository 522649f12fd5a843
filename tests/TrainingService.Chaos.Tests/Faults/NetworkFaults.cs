namespace TrainingService.Chaos.Tests.Faults;

/// <summary>A bad line between one program and PostgreSQL.</summary>
internal static class NetworkFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("F18", "one program is cut off from PostgreSQL", 2, CutAsync),
        new("F19", "messages are slow", 1, SlowAsync),
        new("F20", "commits are done and their answers lost", 3, LoseAnswersAsync),
    ];

    private static async Task CutAsync(FaultScene scene)
    {
        var proxy = scene.Pick(scene.Service.Proxies);
        scene.Say(proxy.Name);
        proxy.Cut();
        await scene.LastAsync(scene.Between(0.2, 8));
        proxy.Heal();
    }

    private static async Task SlowAsync(FaultScene scene)
    {
        var proxy = scene.Pick(scene.Service.Proxies);
        proxy.Delay = scene.Between(0.02, 0.3);
        scene.Say($"{proxy.Name}, {proxy.Delay.TotalMilliseconds:0} ms each way");
        await scene.LastAsync(scene.Between(2, 6));
        proxy.Heal();
    }

    private static async Task LoseAnswersAsync(FaultScene scene)
    {
        var proxy = scene.Pick(scene.Service.Proxies);
        var count = scene.Random.Next(1, 6);
        var before = proxy.Lost;
        proxy.LoseAnswers(count);
        scene.Say($"{proxy.Name}, the next {count}");
        await scene.LastAsync(scene.Between(1, 3));
        proxy.Heal();
        scene.Say($"{proxy.Lost - before} were lost");
    }
}
