using System.Text.Json;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Operations;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;

namespace TrainingService.Contracts.Tests.Json;

public sealed class RoundTripTests
{
    /// <summary>One of every record of the catalog, with values that are not the defaults where it has fields.</summary>
    internal static readonly KerasSpec[] Catalog =
    [
        .. Layers.LayerSamples.All.Select(sample => sample.Spec),
        new Sequential([new Dense(3) { Name = "d" }], new Shape(null, 4)) { Name = "m", Trainable = false },
        new Functional(
            [
                new GraphLayer(new InputLayer(new Shape(null, 4)) { Name = "a" }, []),
                new GraphLayer(new Dense(4) { Name = "d" }, [new NodeSpec([new TensorRef("a", 0, 0, new Shape(null, 4))], new Dictionary<string, CallValue>())]),
                new GraphLayer(
                    new Operation("keras.src.ops.numpy", "Mean", new Dictionary<string, CallValue> { ["axis"] = new CallList([new CallConstant(-1L)]), ["keepdims"] = new CallConstant(true) }) { Name = "mean" },
                    [new NodeSpec([new TensorRef("d", 0, 0, new Shape(null, 4))], new Dictionary<string, CallValue>())]),
            ],
            new CallList([new TensorRef("a", 0, 0)]), new CallTable([KeyValuePair.Create("y", (CallValue)new TensorRef("mean", 0, 0))])) { Name = "graph", Trainable = false },
        .. Losses.LossSpecimens.All,
        new Adam(0.8, 0.99, 1e-8, true) { LearningRate = 0.003, WeightDecay = 0.01, Clipnorm = 1.5 }, new Sgd(0.9, true) { LearningRate = 0.1, GlobalClipnorm = 2.5 },
        new RmsProp(0.8, 0.5, 1e-6, true) { LearningRate = new ExponentialDecay(0.1, 100, 0.9, true), UseEma = true, EmaMomentum = 0.9, EmaOverwriteFrequency = 5 },
        new AdamW(0.8, 0.99, 1e-8, true) { WeightDecay = 0.02, LossScaleFactor = 128 }, new Adamax(0.8, 0.99, 1e-8) { Clipvalue = 0.5 },
        new Nadam(0.8, 0.99, 1e-8) { GradientAccumulationSteps = 4 }, new Lamb(0.8, 0.99, 1e-8), new ScheduleFreeAdamW(0.8, 0.99, 1e-9, 10),
        new Adadelta(0.9, 1e-6), new Adagrad(0.2, 1e-6) { Decay = 1e-6 }, new Ftrl(-0.4, 0.2, 0.01, 0.02, 0.03, 0.1), new Lion(0.8, 0.9),
        new Adafactor(-0.7, 1e-20, 0.01, 2, false), new Muon(0.8, 0.99, null, 1e-8, ["head"], false, 3, -4, 2, 0.1, 0.9, 6, false, null) { WeightDecay = null },
        new LossScaleOptimizer(new Sgd(0.9), 1024, 100), new OptimizerMap(new Adam(), new Dictionary<string, OptimizerSpec> { [".*kernel"] = new Sgd() }),
        new MultiOptimizer(new OptimizerMap(new Adam(), new Dictionary<string, OptimizerSpec> { ["dense/.*"] = new Lion() }), 8),
        new ExponentialDecay(0.1, 100, 0.9, true), new InverseTimeDecay(0.1, 100, 0.9, true), new PolynomialDecay(0.1, 100, 0.01, 2, true),
        new PiecewiseConstantDecay([10, 20.5], [0.1, 0.01, 0.001]), new CosineDecay(0.1, 100, 0.1, 0.5, 20), new CosineDecayRestarts(0.1, 100, 1.5, 0.9, 0.1),
        new LinearWarmup(new CosineDecay(0.1, 100), 10, 0.01), new OneCycle(0.1, 1000, 0.4, 20, 1e5),
        new L1(0.1), new L2(0.2), new L1L2(0.1, 0.2), new OrthogonalRegularizer(0.1, OrthogonalMode.Columns),
        new MaxNorm(3, new NormAxes(0, 1)), new MinMaxNorm(0.5, 2, 0.9, new NormAxes([])), new NonNeg(), new UnitNorm(new NormAxes(1)),
        new EarlyStopping("val_accuracy", 0.001, 3, MonitorMode.Max, 0.5, true, 2),
        new ModelCheckpoint("e-{epoch:02d}.safetensors", "loss", true, true, MonitorMode.Min, Frequency.EveryBatches(7), 0.25),
        new ReduceLROnPlateau("loss", 0.2, 5, MonitorMode.Min, 0.01, 1, 1e-6), new CSVLogger("log.csv", ";", true), new TerminateOnNaN(true),
        new LearningRateScheduler(new EpochSchedule("lr * 0.5 ** (epoch // 10)")), new TensorBoard("a/b", 2, false, true, true, Frequency.EveryBatches(1)),
        new BackupAndRestore("backup", Frequency.EveryBatches(3), true, false), new RemoteMonitor("https://example.com", "/end", "figures", new Dictionary<string, string> { ["X-Team"] = "vision" }, true), new History(), new ProgbarLogger(), new SwapEMAWeights(true),
        new Zeros(), new Ones(), new Constant(2.5), new RandomNormal(1, 2, 3), new RandomUniform(-1, 1, 4), new TruncatedNormal(1, 2, 5),
        new VarianceScaling(2, FanMode.FanAvg, ScalingDistribution.UntruncatedNormal, 6), new GlorotUniform(1), new GlorotNormal(2),
        new HeUniform(3), new HeNormal(4), new LecunUniform(5) { InputAxes = [0], OutputAxes = [1, 2] }, new LecunNormal(6),
        new Orthogonal(2, 3), new IdentityMatrix(2), new Stft(StftSide.Imag, null, StftScaling.Spectrum, true),
    ];

    public static TheoryData<string> Records() =>
        new(KerasCatalog.All.SelectMany(kind => kind.Records.Select(record => $"{kind.Name} {record.Name}")));

    [Theory, MemberData(nameof(Records))]
    public void Every_record_of_the_catalog_reads_back_as_it_was_written(string record)
    {
        var kind = KerasCatalog.All.Single(kind => kind.Name == record[..record.LastIndexOf(' ')]);
        var specs = Catalog.Where(spec => kind.Base.IsInstanceOfType(spec) && spec.GetType().Name == record[(record.LastIndexOf(' ') + 1)..]).ToList();
        Assert.NotEmpty(specs);
        Assert.All(specs, spec => AssertReadsBack(spec, kind));
    }

    private static void AssertReadsBack(KerasSpec spec, KerasKind kind)
    {
        var text = JsonSerializer.Serialize(spec, kind.Base, ContractsJson.Options);
        var again = JsonSerializer.Deserialize(text, kind.Base, ContractsJson.Options)!;
        Assert.IsType(spec.GetType(), again);
        Assert.Equal(text, JsonSerializer.Serialize(again, kind.Base, ContractsJson.Options));
        // A record that lost a value on the way would be written with another one.
        foreach (var property in spec.GetType().GetProperties().Where(property => property.PropertyType.IsValueType || property.PropertyType == typeof(string)))
            Assert.Equal(property.GetValue(spec), property.GetValue(again));
    }

    [Fact]
    public void Keras_words_are_written()
    {
        Assert.Equal(
            """{"class_name":"SGD","config":{"learning_rate":0.01,"weight_decay":null,"clipnorm":null,"global_clipnorm":null,"clipvalue":null,"use_ema":false,"ema_momentum":0.99,"ema_overwrite_frequency":null,"loss_scale_factor":null,"gradient_accumulation_steps":null,"momentum":0,"nesterov":false}}""",
            JsonSerializer.Serialize<OptimizerSpec>(new Sgd(), ContractsJson.Options));
        Assert.Contains("\"beta_1\":0.9,\"beta_2\":0.999", JsonSerializer.Serialize<OptimizerSpec>(new Adam(), ContractsJson.Options));
        Assert.Equal(
            """{"class_name":"MaxPooling2D","config":{"name":null,"trainable":true,"dtype":"float32","pool_size":[2,3],"strides":null,"padding":"same","data_format":"channels_last"}}""",
            JsonSerializer.Serialize<LayerSpec>(new MaxPooling2D { PoolSize = [2, 3], Padding = Padding.Same }, ContractsJson.Options));
    }

    public static TheoryData<string> Steps() => new(
        """{"map":{"class_name":"Rescaling","config":{"name":null,"trainable":true,"dtype":"float32","scale":0.5,"offset":0}}}""",
        """{"cache":{}}""",
        """{"shuffle":{"buffer_size":60000,"seed":null,"reshuffle_each_iteration":true}}""",
        """{"batch":{"batch_size":32,"drop_remainder":true}}""",
        """{"prefetch":{"buffer_size":null}}""",
        """{"take":{"count":12000}}""",
        """{"skip":{"count":0}}""");

    [Theory, MemberData(nameof(Steps))]
    public void Every_pipeline_step_is_an_object_with_its_name(string text) =>
        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize<PipelineStep>(text, ContractsJson.Options), ContractsJson.Options));

    [Theory, InlineData("[null,28,28,1]"), InlineData("[]"), InlineData("[7]")]
    public void A_shape_is_a_list_with_nulls(string text) =>
        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize<Shape>(text, ContractsJson.Options), ContractsJson.Options));

    [Fact]
    public void What_is_no_spec_reads_back_as_well()
    {
        var submission = Samples.Accept(Samples.MnistCnn());
        AssertSame(new TrainerPlan(Guid.NewGuid(), 2, submission.Spec, [new DatasetLocation(Samples.Mnist, "/data/mnist")], "/out", 2, 4711));
        AssertSame(submission.Model);
        AssertSame(submission.Memory);
        AssertSame(new ValidationResponse(JsonSerializer.SerializeToElement(submission.Spec, ContractsJson.Options), submission.Model, submission.Memory));
        AssertSame(new JobEvent(
            7, Guid.NewGuid(), 1, EventTypes.EpochEnd, DateTimeOffset.UnixEpoch,
            JsonSerializer.SerializeToElement(
                new EpochEndEvent(1, 10, new Dictionary<string, double?> { ["loss"] = null }, new Dictionary<string, string> { ["loss"] = "nan" }, 1, 2, 3, 4),
                ContractsJson.Options)));
        AssertSame(new TrainerMessage("result", JsonSerializer.SerializeToElement(new TrainerResult(StopReason.EarlyStopping, new JobError("a", "b")), ContractsJson.Options)));
        AssertSame(new JobResponse(
            Guid.NewGuid(), "n", JobStatus.Running, false, JobPhase.Training, null, null, 1, 2, 3, 4, new Dictionary<string, double?> { ["val_loss"] = 0.5 }, null,
            ["a"], new Dictionary<string, string> { ["team"] = "x" }, DateTimeOffset.UnixEpoch, null, null, null, submission.Model));
    }

    [Fact]
    public void An_answer_with_fields_that_a_client_does_not_know_is_read() =>
        Assert.Equal("x", JsonSerializer.Deserialize<JobError>("""{"code": "x", "message": "y", "newer": 1}""", ContractsJson.Options)!.Code);

    [Fact]
    public void A_wrong_spec_is_a_json_exception_that_says_where_and_why()
    {
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<LayerSpec>("""{"class_name": "Dense", "config": {"units": "ten"}}""", ContractsJson.Options));
        Assert.StartsWith("/config/units: expected a whole number. Received: \"ten\".", error.Message);
    }

    [Fact]
    public void Config_may_come_before_class_name()
    {
        var layer = JsonSerializer.Deserialize<LayerSpec>("""{"config": {"units": 4}, "class_name": "Dense"}""", ContractsJson.Options);
        Assert.Equal(4, Assert.IsType<Dense>(layer).Units);
    }

    private static void AssertSame<T>(T value)
    {
        var text = JsonSerializer.Serialize(value, ContractsJson.Options);
        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(text, ContractsJson.Options), ContractsJson.Options));
    }
}
