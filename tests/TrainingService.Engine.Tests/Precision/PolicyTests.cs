using TorchSharp;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Precision;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using static TorchSharp.torch;
using Flatten = TrainingService.Contracts.Layers.Flatten;
using BatchNormalization = TrainingService.Contracts.Layers.BatchNormalization;
using Dense = TrainingService.Contracts.Layers.Dense;
using Dropout = TrainingService.Contracts.Layers.Dropout;
using LayerNormalization = TrainingService.Contracts.Layers.LayerNormalization;

namespace TrainingService.Engine.Tests.Precision;

/// <summary>What a layer's dtype policy does to weights, calls, gradients and training.</summary>
[Collection(TrainingCollection.Name)]
public sealed class PolicyTests
{
    private static readonly string[] Policies = ["float32", "mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64"];

    private static readonly Dictionary<string, Func<Sequential>> Networks = new()
    {
        ["cnn"] = () => Fitted.Cnn(new BatchNormalization()),
        ["mlp"] = () => Fitted.Mlp(new LayerNormalization(), new Dropout(0.1)),
        ["lstm"] = Fitted.Lstm,
    };

    public static TheoryData<string, string> All => [.. Policies.SelectMany(policy => Networks.Keys.Select(network => (policy, network)))];

    [Theory, MemberData(nameof(All))]
    public void Every_policy_trains_and_keeps_its_weights_and_tensors(string policy, string network)
    {
        var spec = WithPolicy(Networks[network](), policy);
        List<long> tensors = [];
        GC.Collect(); // what other tests left to the collector must not disappear while this one counts
        GC.WaitForPendingFinalizers();
        using var fitted = new Fitted(spec, optimizer: OptimizerTable.Compile(new CompileSpec(new Contracts.Losses.SparseCategoricalCrossentropy(), new Contracts.Optimizers.Adam { LearningRate = 0.01 }), spec));
        Assert.Equal(policy == "mixed_float16", fitted.Optimizer is Engine.Optimizers.LossScaleOptimizer);
        var losses = fitted.Epochs(8, () => tensors.Add(Tensor.TotalCount));

        Assert.True(losses[^1] < 0.6 * losses[0] && losses[^1] < 0.5, string.Join(" ", losses));
        Assert.All(tensors.Skip(1), count => Assert.Equal(tensors[1], count));
        Assert.All(fitted.Model.Weights, weight => Assert.Equal(policy == "float64" ? float64 : float32, weight.Value.dtype));
        Assert.All(fitted.Model.Weights, weight => Assert.True(weight.Value.isfinite().all().item<bool>()));
        if (policy is "bfloat16" or "float16")
        {
            var type = policy == "bfloat16" ? bfloat16 : float16;
            using var scope = NewDisposeScope();
            Assert.All(fitted.Model.Layers.SkipLast(1).SelectMany(layer => layer.Weights).Where(weight => weight.ComputeType == type), weight => Assert.True(weight.Value.eq(weight.Value.to(type).to(float32)).all().item<bool>(), weight.Path));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Outputs_have_the_policys_dtype_and_the_models_own_is_float32(string policy, string network)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Build(WithPolicy(Networks[network](), policy));
        var expected = DtypePolicy.Of(policy).Compute;
        KerasTensor x = new(Fitted.Squares(4).Features);
        foreach (var layer in model.Layers.SkipLast(1))
        {
            x = layer.Apply(x, new CallContext(training: true));
            Assert.Equal(expected, x.Value.dtype);
        }
        Assert.Equal(policy == "float64" ? float64 : float32, model.Layers[^1].Apply(x, new CallContext(training: true)).Value.dtype);
    }

    [Theory]
    [InlineData("mixed_bfloat16", 0.15), InlineData("mixed_float16", 0.01), InlineData("float64", 1e-5)] // bfloat16 has three digits, and a batch of 16 is normalized
    public void Gradients_are_those_of_float32_within_the_dtypes_precision(string policy, double tolerance)
    {
        foreach (var network in Networks.Keys.Where(name => name != "mlp")) // its dropout draws other numbers in another dtype
        {
            using var scope = NewDisposeScope();
            var exact = Gradients(Networks[network](), "float32");
            var rounded = Gradients(Networks[network](), policy);
            var error = ((rounded - exact).norm() / exact.norm()).item<double>();
            Assert.True(error > 0 && error < tolerance, $"{network}: {error}");
        }
    }

    [Fact]
    public void Frozen_layers_compute_in_the_policys_dtype_and_follow_their_weights()
    {
        using var scope = NewDisposeScope();
        using var model = Build(new Sequential([new Flatten(), new Dense(4) { Trainable = false, Dtype = "mixed_bfloat16" }, new Dense(2)]));
        var x = Fitted.Squares(4).Features;
        var before = model.Layers[1].Apply(new KerasTensor(x.flatten(1)), new CallContext(training: true)).Value;
        Assert.Equal(bfloat16, before.dtype);
        model.Layers[1].Weights[0].Assign(model.Layers[1].Weights[0].Value * 2);
        var after = model.Layers[1].Apply(new KerasTensor(x.flatten(1)), new CallContext(training: true)).Value;
        Assert.True(after.to(float32).allclose(before.to(float32) * 2));
        Assert.Equal([float32, float32], model.Layers[1].Weights.Select(weight => weight.Value.dtype));
    }

    [Fact]
    public void A_step_whose_scaled_gradients_overflow_is_left_out_and_halves_the_scale()
    {
        var spec = WithPolicy(Fitted.Mlp(), "mixed_float16");
        using var fitted = new Fitted(spec, rows: 16, optimizer: new Contracts.Optimizers.LossScaleOptimizer(new Contracts.Optimizers.Sgd { LearningRate = 0.1 }, InitialScale: 1e20));
        var before = fitted.Weights();
        fitted.Epochs(1);
        Assert.Equal(before, fitted.Weights());
        Assert.Equal((0L, 0.5e20f), (fitted.Optimizer.Iterations, (float)fitted.Optimizer.LossScale!));
        fitted.Epochs(80);
        Assert.NotEqual(before, fitted.Weights());
        Assert.InRange(fitted.Optimizer.Iterations, 1, 80);
    }

    [Fact]
    public void The_job_wide_policy_leaves_the_models_outputs_and_layers_with_a_policy_of_their_own()
    {
        var model = (Sequential)MixedPrecision.Apply(
            new Sequential([new Dense(8), new Dense(8) { Dtype = "float64" }, new Sequential([new Dense(4), new Dense(2)])]), "mixed_bfloat16");
        Assert.Equal(["mixed_bfloat16", "float64", "mixed_bfloat16"], model.Layers.Select(layer => layer.Dtype));
        Assert.Equal(["mixed_bfloat16", "float32"], ((Sequential)model.Layers[2]).Layers.Select(layer => layer.Dtype));
    }

    [Fact]
    public void Float16_on_a_cpu_is_refused_and_bfloat16_runs()
    {
        using var output = new OutputFolder();
        var spec = Jobs.Job(Jobs.Small(), 1, trainRows: 256, testRows: 0);
        var refused = Run(spec with { Resources = new ResourcesSpec("cpu", MixedPrecision: "mixed_float16") });
        Assert.Equal("device", refused.Error?.Code);
        Assert.Contains("float16", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Null(Run(spec with { Resources = new ResourcesSpec("cpu", MixedPrecision: "mixed_bfloat16") }).Error);
        if (!cuda.is_available())
            Assert.Equal("device", Run(spec with { Resources = new ResourcesSpec("cuda:7") }).Error?.Code);

        Contracts.Trainer.TrainerResult Run(JobSpec job) => new TrainingRun(Jobs.Plan(job, output.Path), new RecordingObserver()).Execute(TestContext.Current.CancellationToken);
    }

    private static Tensor Gradients(Sequential spec, string policy)
    {
        using var model = Build(WithPolicy(spec, policy));
        using var rows = Fitted.Squares(16);
        model.Parameters.ZeroGradients();
        var outputs = model.Call(rows.Features, training: true);
        nn.functional.nll_loss(outputs.to(float32).log(), rows.Labels).backward();
        model.Parameters.CollectGradients();
        return model.Parameters.Gradients.to(float64, copy: true);
    }

    private static Model Build(Sequential spec) => new(spec, new Contracts.Shapes.Shape(null, 8, 8, 1), new RandomStreams(3), CPU);

    /// <summary>The policy for every layer but the last, and for the model itself.</summary>
    private static Sequential WithPolicy(Sequential spec, string policy) =>
        spec with { Dtype = policy, Layers = [.. spec.Layers.SkipLast(1).Select(layer => layer with { Dtype = policy }), spec.Layers[^1] with { Dtype = policy == "float64" ? policy : "float32" }] };
}
