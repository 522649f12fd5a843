using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Api.Health;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Artifacts;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.OpenApi;

/// <summary>Bodies to try and answers as they look, made of the records themselves.</summary>
internal sealed class Examples
{
    private static readonly Guid Job = new("019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b");
    private const string Worker = "train-1:4711";
    private static readonly DateTimeOffset At = new(2026, 1, 15, 9, 30, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, double?> Logs = new() { ["loss"] = 0.1382, ["accuracy"] = 0.9574, ["val_loss"] = 0.0489, ["val_accuracy"] = 0.9843 };

    /// <summary>The jobs of <c>examples/</c>: what quickstart sends too.</summary>
    public IReadOnlyDictionary<string, JsonNode> Jobs { get; }

    /// <summary>Bodies to send, by type and name.</summary>
    public IReadOnlyDictionary<Type, IReadOnlyDictionary<string, JsonNode>> Bodies { get; }

    /// <summary>An answer per type.</summary>
    public IReadOnlyDictionary<Type, JsonNode> Answers { get; }

    public Examples(DatasetCatalog datasets)
    {
        Jobs = Read(Path.Combine(AppContext.BaseDirectory, "examples"));
        var bodies = new Dictionary<Type, IReadOnlyDictionary<string, JsonNode>>
        {
            [typeof(JobSpec)] = Jobs,
            [typeof(ContinueRequest)] = new Dictionary<string, JsonNode> { ["five-epochs-more"] = Node(new ContinueRequest(5)) },
            [typeof(JsonElement)] = new Dictionary<string, JsonNode>
            {
                ["no-change"] = new JsonObject(),
                ["twice-as-long"] = JsonNode.Parse("""{"name": "twice as long", "fit": {"epochs": 20}}""")!,
                ["another-seed"] = JsonNode.Parse("""{"seed": null, "tags": ["again"]}""")!,
            },
        };
        foreach (var (type, examples) in DatasetExamples.Bodies())
            bodies.Add(type, examples);
        Bodies = bodies;
        var answers = new Dictionary<Type, object>
        {
            [typeof(JobResponse)] = JobAnswer(Job, JobStatus.Running),
            [typeof(Page<JobResponse>)] = new Page<JobResponse>([JobAnswer(Job, JobStatus.Running)], Job.ToString()),
            [typeof(Page<JobEvent>)] = new Page<JobEvent>([EpochEnd()], "7"),
            [typeof(JobEvent)] = EpochEnd(),
            [typeof(MetricsResponse)] = Metrics(),
            [typeof(ChartResponse)] = Api.Jobs.Charts.Of("loss", [1], [Logs["loss"]], null),
            [typeof(IReadOnlyList<ArtifactResponse>)] = new[]
            {
                new ArtifactResponse("model.safetensors", "model", "application/octet-stream", 900_792, new string('a', 64), At.AddMinutes(4)),
            },
            [typeof(IReadOnlyList<AttemptResponse>)] = new[]
            {
                new AttemptResponse(1, Worker, At.AddSeconds(1), At.AddMinutes(2), null, AttemptOutcome.Crashed, 139,
                    new JobError("worker_lost", "The trainer died with exit code 139 (SIGSEGV)."), null, null),
                new AttemptResponse(2, Worker, At.AddMinutes(2).AddSeconds(1), null, null, null, null, null, ResumedFromEpoch: 3, ResumedFromStep: 0),
            },
            [typeof(IReadOnlyList<TransitionResponse>)] = new[]
            {
                new TransitionResponse(1, 0, "queued", null, null, "accepted", At),
                new TransitionResponse(2, 1, "running", "preparing", null, "taken by a worker", At.AddSeconds(1), Worker),
                new TransitionResponse(9, 1, "running", null, "pause", "somebody asked to pause", At.AddSeconds(70), Worker),
                new TransitionResponse(11, 1, "paused", null, null, "it stopped to be paused", At.AddSeconds(71), Worker),
            },
            [typeof(IReadOnlyList<CheckpointResponse>)] = new[]
            {
                new CheckpointResponse(3, 1, 3, 0, IsLatest: true, IsBest: true, 2_713_600, new string('b', 64), At.AddSeconds(91)),
                new CheckpointResponse(2, 1, 2, 0, IsLatest: false, IsBest: false, 2_713_600, new string('c', 64), At.AddSeconds(61)),
            },
            [typeof(IReadOnlyList<WebhookResponse>)] = new[]
            {
                new WebhookResponse(0, Active: true, Delivered: 2, Dead: 0, Tries: 1, At.AddMinutes(2), "the receiver answered 503"),
            },
            [typeof(IReadOnlyList<WorkerResponse>)] = new[]
            {
                new WorkerResponse(Worker, "train-1", 4711, "1.4.0", ["cpu", "gpu"], ["cpu", "cuda:0"], 2, 1, At.AddHours(-3), At.AddSeconds(70)),
            },
            [typeof(HealthResponse)] = new HealthResponse("ready"),
            [typeof(string)] = "2026-01-15T09:30:02.117Z info    Epoch 1/10",
        };
        foreach (var (type, answer) in DatasetExamples.Answers())
            answers.Add(type, answer);
        if (Jobs.Values.FirstOrDefault() is { } job
            && JobSubmission.TryRead(JsonSerializer.SerializeToElement(job), datasets.All, out _) is { } submission)
            answers[typeof(ValidationResponse)] = new ValidationResponse(
                JsonSerializer.SerializeToElement(submission.Spec, ContractsJson.Options), submission.Model, submission.Memory);
        Answers = answers.ToDictionary(pair => pair.Key, pair => Node(pair.Value));
    }

    public static JsonNode EventStream { get; } =
        JsonValue.Create($"id: 7\nevent: epoch_end\ndata: {JsonSerializer.Serialize(EpochEnd(), ContractsJson.Options)}\n\n: heartbeat\n\n");

    public JsonNode? ProblemOf(int status) => status switch
    {
        400 => Node(InvalidRequest.Of(
        [
            new Violation("/compile/optimzer", ViolationCodes.UnknownField, "expected one of optimizer, loss, metrics. Received: optimzer", "Did you mean optimizer?"),
            new Violation("/fit/epochs", ViolationCodes.OutOfRange, "expected 1 to 1000000. Received: 0"),
        ]) with { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }),
        404 => Node(Problem.Of(404, "job_not_found", "There is no such thing.", $"There is no job {Job}.") with { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }),
        409 => Node(Problem.Of(409, "conflict", "The request does not fit the state of the job.",
            $"Job {Job}: expected a job that is paused, queued or running, and that nobody cancels. Received: it is succeeded.") with { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }),
        422 => Node(Problem.Of(422, "idempotency_key_reused", "The Idempotency-Key was used for another request.",
            "Expected the request that came with Idempotency-Key \"monday\" before, or a new key. Received: another address or body.") with { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }),
        _ => null,
    };

    private static Dictionary<string, JsonNode> Read(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => JsonNode.Parse(File.ReadAllText(file))!)
        : [];

    private static JobResponse JobAnswer(Guid id, JobStatus status) => new(
        id, "mnist-cnn", status, status.IsTerminal(), JobPhase.Training, null, null, Attempt: 1, Epoch: 1, Epochs: 10, LastSeq: 7, Logs, null,
        ["tutorial"], new Dictionary<string, string> { ["team"] = "vision" }, At, At.AddSeconds(1), null,
        Queue: "cpu", EtaSeconds: 264.5, Checkpoint: new CheckpointPosition(1, 1, 0));

    private static JobEvent EpochEnd() => new(7, Job, 1, EventTypes.EpochEnd, At.AddSeconds(31),
        JsonSerializer.SerializeToElement(new EpochEndEvent(1, 10, Logs, null, 29.4, 2_140.5, 0.8, 412_000_000), ContractsJson.Options));

    private static MetricsResponse Metrics() => new(Job, [new EpochMetrics(1, 1, Logs, null, 29.4)], null, Total: 1);

    private static JsonNode Node(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), ContractsJson.Options)!;
}
