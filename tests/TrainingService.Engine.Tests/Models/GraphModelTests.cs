using TorchSharp;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;
using Rows = TrainingService.Engine.Datasets.Rows;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Tests.Models;

/// <summary>Graphs that compute: models in models, several ends, classes of the operator's own, and what is left in memory.</summary>
[Collection(TrainingCollection.Name)]
public class GraphModelTests
{
    /// <summary>A layer that somebody registered: <c>y = x · factor</c>, the factor trained.</summary>
    public sealed record Scaled(double Start = 1.0) : LayerSpec
    {
        public override Shape OutputShape(Shape input) => input;

        public override IReadOnlyList<WeightSpec> Weights(Shape input) => [new("factor", new Shape(1L), new Contracts.Initializers.Constant(Start))];
    }

    private sealed class ScaledLayer(Scaled spec, LayerContext context) : Layer(spec, context)
    {
        public override torch.Tensor Call(torch.Tensor x, CallContext call) => x * Value("factor");
    }

    [Fact]
    public void A_registered_class_is_read_written_and_computed()
    {
        LayerTable.Register<Scaled>("tests>Scaled", (spec, context) => new ScaledLayer(spec, context));
        using var scope = torch.NewDisposeScope();
        const string json = """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
              {"module": "mine", "class_name": "Scaled", "registered_name": "tests>Scaled", "config": {"name": "scaled", "start": 3.0}}], "build_input_shape": [null, 2]}}
            """;
        var spec = Read(json);
        Assert.Contains("\"registered_name\":\"tests>Scaled\"", System.Text.Json.JsonSerializer.Serialize(spec, ContractsJson.Options));
        using var model = new Model(spec, inputShapes: null, new RandomStreams(1), torch.CPU);
        Assert.Equal(["scaled/factor"], model.Weights.Select(weight => weight.Path));
        Assert.Equal([3f, 3f, 3f, 3f], model.Call(torch.ones(2, 2), training: false).data<float>().ToArray());
    }

    [Fact]
    public void A_class_that_nobody_registered_is_refused()
    {
        Assert.Null(ContractsJson.TryRead<ModelSpec>(Json(
            """{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "registered_name": "tests>Other", "config": {"units": 1}}]}}"""), out var violations));
        Assert.Equal("/config/layers/0/registered_name", violations[0].Pointer);
    }

    [Fact]
    public void A_model_inside_a_wrapper_and_a_frozen_model_keep_their_places()
    {
        using var scope = torch.NewDisposeScope();
        var inner = new Sequential([new Specs.Dense(3) { Name = "a" }, new Specs.BatchNormalization { Name = "b" }]) { Name = "inner", Trainable = false };
        using var model = new Model(new Sequential([new Specs.TimeDistributed(inner) { Name = "steps" }, new Specs.Dense(1) { Name = "head" }]), new Shape(null, 4, 2), new RandomStreams(1), torch.CPU);
        Assert.Equal(new Shape(null, 4, 1), model.OutputShape);
        Assert.Equal(["head/kernel", "head/bias"], model.Weights.Where(weight => weight.Trainable).Select(weight => weight.Path));
        Assert.Equal(6, model.Weights.Count(weight => !weight.Trainable));
        Assert.Equal([2, 4, 1], model.Call(torch.rand(2, 4, 2), training: true).shape);
    }

    [Fact]
    public void Inference_frees_what_nobody_needs_and_gives_what_training_gives()
    {
        using var outer = torch.NewDisposeScope();
        // The dropout passes its input on as it is, and that is an output of the model too.
        using var model = new Model(Branched(), inputShapes: null, new RandomStreams(1), torch.CPU);
        var x = torch.rand(5, 4);
        var with = Call(model, x);
        var before = LiveTensors.Settled();
        using (torch.no_grad())
        {
            var without = Call(model, x);
            Assert.Equal(2, torch.Tensor.TotalCount - before);
            Assert.All(with.Zip(without), pair => Assert.Equal(pair.First.data<float>().ToArray(), pair.Second.data<float>().ToArray()));
        }
    }

    [Fact]
    public void Several_outputs_train_with_weights_and_log_under_their_names()
    {
        using var scope = torch.NewDisposeScope();
        var random = new RandomStreams(1);
        using var rows = new Pipeline(
            new Rows(torch.rand(10, 4).DetachFromDisposeScope(), torch.rand(10, 2).DetachFromDisposeScope())
            {
                MoreLabels = [torch.rand(10, 4).DetachFromDisposeScope()],
            }, [], 4, random, "rows");
        using var model = new Model(Branched(new L2(0.1)), rows.FeatureShapes, random, torch.CPU);
        using var optimizer = OptimizerTable.Build(new Contracts.Optimizers.Sgd { LearningRate = 0.1 }, model.Parameters);
        var compile = new CompileSpec(
            new MeanSquaredError(),
            Metrics: new PerOutput<MetricSpec>(PerOutputForm.Dict, [new OutputEntry<MetricSpec>("head", [new MeanAbsoluteErrorMetric { Name = "mae" }])]),
            LossWeights: [0.5, 2.0]);
        using var trainer = new Trainer(model, optimizer, TrainedOutput.Build(compile, model.Walk, rows.LabelShapes));

        var logs = trainer.Evaluate(rows);

        Assert.Equal(["loss", "head_loss", "drop_loss", "head_mae"], logs.Names);
        var penalty = 0.1 * model.Weights.Where(weight => weight.Path == "first/kernel").Sum(weight => weight.Value.square().sum().item<float>());
        Assert.Equal(0.5 * logs["head_loss"] + 2 * logs["drop_loss"] + penalty, logs["loss"], 1e-5);
        var live = LiveTensors.Settled();
        trainer.Fit(rows, new FitOptions { Epochs = 2 });
        var after = torch.Tensor.TotalCount;
        trainer.Fit(rows, new FitOptions { Epochs = 3 });
        Assert.Equal(after, torch.Tensor.TotalCount);
        Assert.True(trainer.Evaluate(rows)["loss"] < logs["loss"]);
        Assert.True(live <= after);
    }

    [Fact]
    public void Weights_that_no_loss_depends_on_do_not_even_decay()
    {
        using var scope = torch.NewDisposeScope();
        var random = new RandomStreams(1);
        using var rows = new Pipeline(new Rows(torch.rand(4, 4).DetachFromDisposeScope(), torch.rand(4, 4).DetachFromDisposeScope()), [], 4, random, "rows");
        using var model = new Model(Branched(), rows.FeatureShapes, random, torch.CPU);
        using var optimizer = OptimizerTable.Build(new Contracts.Optimizers.Sgd { LearningRate = 0.1, WeightDecay = 0.5 }, model.Parameters);
        var compile = new CompileSpec(new PerOutput<LossSpec>(PerOutputForm.Dict, [new OutputEntry<LossSpec>("drop", [new MeanSquaredError()])]));
        using var trainer = new Trainer(model, optimizer, TrainedOutput.Build(compile, model.Walk, rows.LabelShapes));
        var before = model.CopyWeights();
        trainer.Fit(rows, new FitOptions());
        Assert.Equal(
            ["first/kernel", "first/bias"],
            model.Weights.Zip(before).Where(pair => !pair.First.Value.detach().allclose(pair.Second, 0, 0)).Select(pair => pair.First.Path));
        foreach (var copy in before)
            copy.Dispose();
    }

    [Theory]
    [InlineData("[\"mse\"]", "loss")]
    [InlineData("{\"nobody\": \"mse\"}", "loss")]
    [InlineData("[null, null]", "loss")]
    public void Losses_that_do_not_fit_the_outputs_are_refused(string loss, string field)
    {
        var compile = ContractsJson.TryRead<CompileSpec>(Json($$"""{"loss": {{loss}}}"""), out var violations);
        Assert.Empty(violations);
        Assert.Equal(field, Assert.Throws<SpecException>(() => CompiledOutputs.Of(compile!, ModelWalk.Through(Branched()))).Field);
    }

    private static IReadOnlyList<torch.Tensor> Call(Model model, torch.Tensor x) => [.. model.Call([new KerasTensor(x)], new CallContext(training: false)).Select(output => output.Value)];

    /// <summary>x → first → drop → head; head and drop are the outputs.</summary>
    private static Functional Branched(RegularizerSpec? penalty = null)
    {
        return new Functional(
            [
                new GraphLayer(new Specs.InputLayer(new Shape(null, 4)) { Name = "x" }, []),
                new GraphLayer(new Specs.Dense(4) { Name = "first", KernelRegularizer = penalty }, Node("x")),
                new GraphLayer(new Specs.Dropout(0.5) { Name = "drop" }, Node("first")),
                new GraphLayer(new Specs.Dense(2) { Name = "head" }, Node("drop")),
            ],
            new TensorRef("x", 0, 0), new CallList([new TensorRef("head", 0, 0), new TensorRef("drop", 0, 0)])) { Name = "branched" };

        static IReadOnlyList<NodeSpec> Node(string input) => [new NodeSpec([new TensorRef(input, 0, 0)], new Dictionary<string, CallValue>())];
    }

    private static ModelSpec Read(string json)
    {
        var spec = ContractsJson.TryRead<ModelSpec>(Json(json), out var violations);
        Assert.Empty(violations);
        return spec!;
    }

    private static System.Text.Json.JsonElement Json(string json) => System.Text.Json.JsonDocument.Parse(json).RootElement;
}
