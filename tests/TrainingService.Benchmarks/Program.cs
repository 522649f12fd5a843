using TrainingService.Benchmarks;

if (args is [LibtorchStart.Verb])
    return LibtorchStart.Compute();

// Every benchmark by name. Without arguments all of them run, one after the other.
Dictionary<string, Func<Task>> benchmarks = new()
{
    ["fit_mnist_batch32"] = () => FitBenchmark.RunAsync(32, "fit_mnist_batch32"),
    ["fit_mnist_batch128"] = () => FitBenchmark.RunAsync(128, "fit_mnist_batch128"),
    ["fit_mnist_batch32_bf16"] = () => FitBenchmark.RunAsync(32, "fit_mnist_batch32_bf16", policy: "mixed_bfloat16"),
    ["fit_mnist_batch32_replicas2"] = () => FitBenchmark.RunAsync(32, "fit_mnist_batch32_replicas2", replicas: 2),
    ["fit_mlp_batch128"] = () => FitBenchmark.RunAsync(128, "fit_mlp_batch128", Network.Dense),
    ["fit_mlp_batch128_bf16"] = () => FitBenchmark.RunAsync(128, "fit_mlp_batch128_bf16", Network.Dense, "mixed_bfloat16"),
    ["fit_lstm_text"] = TextBenchmark.RunAsync,
    ["submit_latency"] = SubmitBenchmark.RunAsync,
    ["epoch_event_latency"] = EpochEventBenchmark.RunAsync,
};

var unknown = args.Where(name => !benchmarks.ContainsKey(name)).ToList();
if (unknown.Count > 0)
{
    Console.Error.WriteLine($"No benchmark is called {string.Join(", ", unknown)}. There are: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}
foreach (var (_, run) in benchmarks.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Key)))
    await run();
return 0;
