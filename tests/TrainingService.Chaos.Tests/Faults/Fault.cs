using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Faults;

/// <summary>What a fault acts on.</summary>
/// <param name="Random">Of this one fault, so that the same seed means the same choices whatever happened before.</param>
/// <param name="Say">A line about what exactly is done.</param>
internal sealed record FaultScene(ServiceUnderFault Service, Ledger Ledger, Random Random, Action<string> Say, CancellationToken Ct)
{
    public T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

    public TimeSpan Between(double minSeconds, double maxSeconds) => TimeSpan.FromSeconds(minSeconds + (Random.NextDouble() * (maxSeconds - minSeconds)));

    /// <summary>A fault that takes time: this long it lasts. The only waiting that is no waiting for something.</summary>
    public Task LastAsync(TimeSpan time)
    {
        Say($"for {time.TotalSeconds:0.0} s");
        return Task.Delay(time, Ct);
    }
}

/// <summary>Something that goes wrong, done and undone.</summary>
/// <param name="Id">As in the fault list; V01… are the verbs of users, which come as noise.</param>
/// <param name="Weight">How often, beside the others.</param>
internal sealed record Fault(string Id, string Name, int Weight, Func<FaultScene, Task> StrikeAsync);
