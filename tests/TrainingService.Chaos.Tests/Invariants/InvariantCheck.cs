using System.Globalization;
using TrainingService.Chaos.Tests.Load;
using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>What must hold whenever the service is at rest, whatever happened to it. Each violation is a sentence that begins with the invariant's id.</summary>
internal sealed class InvariantCheck(
    ServiceUnderFault service, IReadOnlyList<LedgerEntry> ledger, IReadOnlyList<Subscriber> subscribers, IReadOnlyDictionary<string, string> calm)
{
    /// <summary>Those that are checked.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [.. SqlInvariants.All.Select(invariant => invariant.Id).Concat(["I15", "I16", "I17", "I18", "I19", "I21", "I22"]).Distinct().OrderBy(id => int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture))];

    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        await new FileInvariants(service).SettleAsync(ct);
        List<string> violations = [.. await SqlInvariants.CheckAsync(service.Postgres, ct)];
        violations.AddRange(await new LedgerInvariant(service, ledger).CheckAsync(ct));
        violations.AddRange(await new SubscriberInvariant(service, subscribers).CheckAsync(ct));
        violations.AddRange(ProcessInvariant.Check(service));
        violations.AddRange(await new FileInvariants(service).CheckAsync(ct));
        violations.AddRange(await new CalmInvariant(service, ledger, calm).CheckAsync(ct));
        violations.AddRange(await new AnswerInvariant(service).CheckAsync(ct));
        violations.AddRange(LogInvariant.Check(service));
        return [.. violations.GroupBy(violation => violation.Split(". Found")[0]).SelectMany(Shortened)];
    }

    /// <summary>The first ones of a kind say what there is to know.</summary>
    private static IEnumerable<string> Shortened(IEnumerable<string> alike)
    {
        const int enough = 5;
        var all = alike.ToList();
        return all.Count <= enough ? all : [.. all.Take(enough), $"{all[0].Split(' ')[0]} and {all.Count - enough} more like these"];
    }

    public static void AssertHolds(IReadOnlyList<string> violations) => Assert.True(violations.Count == 0, string.Join('\n', violations));
}
