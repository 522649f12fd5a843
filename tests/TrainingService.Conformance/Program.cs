using TorchSharp;
using TrainingService.Conformance;
using TrainingService.Conformance.Kinds;
using TrainingService.Engine.Native;

// conformance [DIR]: asks the engine for the numbers of every case in a folder and says where they are not Keras's.
var folder = args.Length > 0 ? args[0] : CaseFiles.Folder;
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"expected a folder of case files. Received: {folder}.");
    return 2;
}
NativeTorch.EnsureLoaded();
torch.set_num_threads(1);
var failures = new Dictionary<string, string>();
var cases = CaseFiles.Read(folder);
foreach (var given in cases)
{
    try
    {
        KindTable.Check(given);
    }
    catch (Exception failure)
    {
        failures[given.Id] = failure is DifferenceException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";
    }
}
foreach (var kind in cases.GroupBy(given => given.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
    Console.WriteLine($"conformance {kind.Key} {kind.Count(given => !failures.ContainsKey(given.Id))}/{kind.Count()}");
foreach (var (id, failure) in failures)
    Console.WriteLine($"{(Exceptions.Reasons.TryGetValue(id, out var reason) ? $"excepted ({reason})" : "failed")} {id}: {failure.ReplaceLineEndings(" ")}");
Console.WriteLine($"conformance all {cases.Count - failures.Count}/{cases.Count}");
return failures.Keys.All(Exceptions.Reasons.ContainsKey) ? 0 : 1;
