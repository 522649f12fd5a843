using System.Globalization;
using TrainingService.Benchmarks;
using TrainingService.Benchmarks.Load;

if (args is [LibtorchStart.Verb])
    return LibtorchStart.Compute();

if (args is [BareHub.Verb, var perSecond])
    return await BareHub.ServeAsync(int.Parse(perSecond, CultureInfo.InvariantCulture));
if (args is [NoOpWorker.Verb, var connectionString, var folder, var concurrency])
    return await NoOpWorker.RunAsync(connectionString, folder, int.Parse(concurrency, CultureInfo.InvariantCulture));

LoadOptions load;
string[] names;
try
{
    (load, names) = LoadOptions.Read(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

// Every benchmark by name. Without names all of them run, one after the other, but for the loads, which are asked for.
Dictionary<string, Func<Task>> benchmarks = new()
{
    ["fit_mnist_batch32"] = () => FitBenchmark.RunAsync(32, "fit_mnist_batch32"),
    ["fit_mnist_batch128"] = () => FitBenchmark.RunAsync(128, "fit_mnist_batch128"),
    ["fit_mnist_batch32_bf16"] = () => FitBenchmark.RunAsync(32, "fit_mnist_batch32_bf16", policy: "mixed_bfloat16"),
    ["fit_mnist_batch32_replicas2"] = () => FitBenchmark.RunAsync(32, "fit_mnist_batch32_replicas2", replicas: 2),
    ["fit_mlp_batch128"] = () => FitBenchmark.RunAsync(128, "fit_mlp_batch128", Network.Dense),
    ["fit_mlp_batch128_bf16"] = () => FitBenchmark.RunAsync(128, "fit_mlp_batch128_bf16", Network.Dense, "mixed_bfloat16"),
    ["fit_lstm_text"] = TextBenchmark.RunAsync,
    ["data_pipeline"] = DataBenchmark.PipelineAsync,
    ["data_images"] = DataBenchmark.ImagesAsync,
    ["data_csv"] = DataBenchmark.CsvAsync,
    ["submit_latency"] = SubmitBenchmark.RunAsync,
    ["epoch_event_latency"] = EpochEventBenchmark.RunAsync,
    ["load_submit"] = () => SubmitLoad.RunAsync(load),
    ["load_drain"] = () => DrainLoad.RunAsync(load),
    ["load_children"] = () => ChildrenLoad.RunAsync(load),
    ["load_pickup"] = () => PickUpLoad.RunAsync(load),
    ["load_events"] = () => EventsLoad.RunAsync(load),
    ["load_fanout"] = () => FanOutLoad.RunAsync(load),
    ["load_storm"] = () => StormLoad.RunAsync(load),
    ["load_history"] = () => HistoryLoad.RunAsync(load),
    ["load_beside"] = () => BesideLoad.RunAsync(load),
};

var unknown = names.Where(name => !benchmarks.ContainsKey(name)).ToList();
if (unknown.Count > 0)
{
    Console.Error.WriteLine($"No benchmark is called {string.Join(", ", unknown)}. There are: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}
foreach (var (_, run) in benchmarks.Where(benchmark =>
    names.Length == 0 ? !benchmark.Key.StartsWith("load_", StringComparison.Ordinal) : names.Contains(benchmark.Key)))
    await run();
return LoadReport.ExitCode;
