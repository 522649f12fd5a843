using TorchSharp;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Optimizers;

[Collection(TrainingCollection.Name)]
public class OptimizerTests
{
    private static readonly OptimizerSpec[] Specs =
    [
        .. KerasCatalog.Optimizers.Records.Where(record => record.IsSubclassOf(typeof(UpdateRuleSpec)))
            .Select(record => (OptimizerSpec)ContractsJson.TryRead<OptimizerSpec>(System.Text.Json.JsonSerializer.SerializeToElement(KerasKind.ClassName(record)), out _)!),
        new Contracts.Optimizers.Sgd(0.9, true) { UseEma = true, EmaOverwriteFrequency = 3, GradientAccumulationSteps = 2 },
        new Contracts.Optimizers.RmsProp(Momentum: 0.5, Centered: true) { LearningRate = new LinearWarmup(0.01, 5) },
        new Contracts.Optimizers.LossScaleOptimizer(new Contracts.Optimizers.Adam(), 64, 3),
        new Contracts.Optimizers.MultiOptimizer(new OptimizerMap(new Contracts.Optimizers.Adam(), new Dictionary<string, OptimizerSpec> { [".*/bias"] = new Contracts.Optimizers.Sgd(0.9) })),
    ];

    public static TheoryData<int> Indices => new(Enumerable.Range(0, Specs.Length));

    [Theory, MemberData(nameof(Indices))]
    public void A_restored_optimizer_goes_on_as_if_nothing_had_happened(int index)
    {
        using var whole = new Bench(Specs[index]);
        whole.Steps(0, 12);
        using var first = new Bench(Specs[index]);
        first.Steps(0, 7);
        var state = first.Optimizer.GetState();
        using var second = new Bench(Specs[index]);
        second.Parameters.Values.copy_(first.Parameters.Values);
        second.Optimizer.SetState(state);
        second.Steps(7, 12);
        Assert.Equal(whole.Values(), second.Values());
        Assert.Equal(whole.Optimizer.Iterations, second.Optimizer.Iterations);
        foreach (var part in state.Values)
            part.Dispose();
    }

    [Theory, MemberData(nameof(Indices))]
    public void A_step_leaves_no_tensors_behind(int index)
    {
        using var bench = new Bench(Specs[index]);
        bench.Steps(0, 2);
        var alive = LiveTensors.Settled();
        bench.Steps(2, 6);
        Assert.Equal(alive, torch.Tensor.TotalCount);
    }

    [Theory, MemberData(nameof(Indices))]
    public void A_weight_without_a_gradient_stays_where_it_is(int index)
    {
        using var bench = new Bench(Specs[index]);
        bench.Steps(0, 2);
        if (bench.Optimizer.HasAverage)
            return; // an overwrite by the average moves every weight
        var before = bench.Weights[1].Value.detach().clone();
        bench.SetGradients(3);
        using (torch.no_grad())
            bench.Weights[1].Value.grad!.zero_();
        bench.Optimizer.Step([1]);
        Assert.True(before.equal(bench.Weights[1].Value).all().item<bool>());
        before.Dispose();
    }

    [Fact]
    public void A_state_of_another_optimizer_is_refused()
    {
        using var adam = new Bench(new Contracts.Optimizers.Adam());
        using var sgd = new Bench(new Contracts.Optimizers.Sgd(0.9));
        var state = sgd.Optimizer.GetState();
        Assert.Contains("velocity", Assert.Throws<ArgumentException>(() => adam.Optimizer.SetState(state)).Message);
        foreach (var part in state.Values)
            part.Dispose();
    }

    [Fact]
    public void A_rate_that_follows_a_schedule_cannot_be_set()
    {
        using var bench = new Bench(new Contracts.Optimizers.Sgd { LearningRate = new ExponentialDecay(0.5, 1, 0.5) });
        Assert.Equal(0.5, bench.Optimizer.LearningRate);
        bench.Steps(0, 2);
        Assert.Equal(0.125, bench.Optimizer.LearningRate);
        Assert.Throws<InvalidOperationException>(() => bench.Optimizer.LearningRate = 0.1);
    }

    [Fact]
    public void Keras_2_s_decay_lowers_the_rate_with_the_steps()
    {
        using var bench = new Bench(new Contracts.Optimizers.Sgd { LearningRate = 1, Decay = 0.5 });
        using var noGrad = torch.no_grad();
        bench.Parameters.Values.zero_();
        foreach (var expected in new[] { -1f, -1f - 1 / 1.5f, -1.5f - 1 / 1.5f })
        {
            bench.Parameters.Gradients.fill_(1);
            bench.Optimizer.Step();
            Assert.Equal(expected, bench.Weights[1].Value[0].item<float>(), 1e-6f);
        }
    }

    [Fact]
    public void A_constrained_weight_obeys_after_every_step()
    {
        using var bench = new Bench(new Contracts.Optimizers.Sgd { LearningRate = 1 }, new NonNeg());
        bench.Steps(0, 3);
        Assert.True(bench.Weights[0].Value.min().item<float>() >= 0);
        Assert.True(bench.Weights[1].Value.min().item<float>() < 0);
    }

    [Fact]
    public void Averages_change_places_with_the_weights()
    {
        using var bench = new Bench(new Contracts.Optimizers.Sgd { LearningRate = 1, UseEma = true, EmaMomentum = 0.5 });
        bench.Steps(0, 1);
        var first = bench.Values();
        bench.Steps(1, 2);
        var second = bench.Values();
        bench.Optimizer.SwapAverage();
        foreach (var (average, pair) in bench.Values().Zip(first.Zip(second)))
            Assert.Equal((pair.First + pair.Second) / 2, average, 1e-6f);
        bench.Optimizer.SwapAverage();
        Assert.Equal(second, bench.Values());
        bench.Optimizer.FinalizeVariableValues();
        Assert.NotEqual(second, bench.Values());
        using var without = new Bench(new Contracts.Optimizers.Sgd());
        Assert.Throws<InvalidOperationException>(without.Optimizer.SwapAverage);
    }

    [Fact]
    public void Each_weight_moves_by_its_own_optimizer()
    {
        var spec = new Contracts.Optimizers.MultiOptimizer(new OptimizerMap(
            new Contracts.Optimizers.Sgd { LearningRate = 0.5 }, new Dictionary<string, OptimizerSpec> { ["dense/bias"] = new Contracts.Optimizers.Sgd { LearningRate = 2 } }));
        using var bench = new Bench(spec);
        using var noGrad = torch.no_grad();
        bench.Parameters.Values.zero_();
        bench.Parameters.Gradients.fill_(1);
        bench.Optimizer.Step();
        Assert.Equal(-0.5f, bench.Weights[0].Value.max().item<float>());
        Assert.Equal(-2f, bench.Weights[1].Value.max().item<float>());
        Assert.Equal((0.5, 1L), (bench.Optimizer.LearningRate, bench.Optimizer.Iterations));
        Assert.Throws<InvalidOperationException>(() => new Bench(new Contracts.Optimizers.MultiOptimizer(new OptimizerMap(
            new Contracts.Optimizers.Sgd(), new Dictionary<string, OptimizerSpec> { [".*bias"] = new Contracts.Optimizers.Sgd(), ["dense/b.*"] = new Contracts.Optimizers.Sgd() }))));
    }

    [Theory]
    [InlineData("sequential/dense/bias")]
    [InlineData("dense/bias")]
    [InlineData("seq.*/bias")]
    public void A_path_may_begin_with_the_model_s_name(string path)
    {
        using var bench = new Bench(new Contracts.Optimizers.Sgd());
        using var optimizer = OptimizerTable.Build(
            new Contracts.Optimizers.MultiOptimizer(new OptimizerMap(
                new Contracts.Optimizers.Sgd { LearningRate = 0.5 }, new Dictionary<string, OptimizerSpec> { [path] = new Contracts.Optimizers.Sgd { LearningRate = 2 } })),
            bench.Parameters, "sequential");
        using var noGrad = torch.no_grad();
        bench.Parameters.Values.zero_();
        bench.Parameters.Gradients.fill_(1);
        optimizer.Step();
        Assert.Equal((-0.5f, -2f), (bench.Weights[0].Value.max().item<float>(), bench.Weights[1].Value.max().item<float>()));
    }

    [Fact]
    public void A_scaled_loss_gives_the_step_of_an_unscaled_one()
    {
        using var plain = new Bench(new Contracts.Optimizers.Sgd());
        using var scaled = new Bench(new Contracts.Optimizers.Sgd { LossScaleFactor = 1024 });
        using var loss = torch.tensor(2f);
        using var larger = scaled.Optimizer.ScaleLoss(loss);
        Assert.Equal(2048f, larger.item<float>());
        Assert.Same(loss, plain.Optimizer.ScaleLoss(loss));
        plain.SetGradients(1);
        scaled.SetGradients(1);
        using (torch.no_grad())
            scaled.Parameters.Gradients.mul_(1024);
        plain.Optimizer.Step();
        scaled.Optimizer.Step();
        Assert.Equal(plain.Values(), scaled.Values());
    }

    /// <summary>A kernel, laid out transposed, and a bias, with an optimizer.</summary>
    private sealed class Bench : IDisposable
    {
        public Bench(OptimizerSpec spec, ConstraintSpec? constraint = null)
        {
            using var scope = torch.NewDisposeScope();
            using var generator = new torch.Generator(7, torch.CPU);
            Weights =
            [
                new Weight("dense/kernel", new WeightSpec("kernel", new Shape(5, 3), new Zeros(), Constraint: constraint), true, torch.randn([5, 3], generator: generator), [1, 0]),
                new Weight("dense/bias", new WeightSpec("bias", new Shape(3), new Zeros()), true, torch.randn([3], generator: generator)),
            ];
            foreach (var weight in Weights)
                weight.Value.DetachFromDisposeScope();
            Parameters = new ParameterBuffer(Weights, torch.CPU);
            Optimizer = OptimizerTable.Build(spec, Parameters);
        }

        public List<Weight> Weights { get; }

        public ParameterBuffer Parameters { get; }

        public Optimizer Optimizer { get; }

        /// <summary>Steps with gradients that follow from their numbers.</summary>
        public void Steps(int from, int to)
        {
            for (var number = from; number < to; number++)
            {
                SetGradients(number);
                Optimizer.Step();
            }
        }

        public void SetGradients(int number)
        {
            using var scope = torch.NewDisposeScope();
            using var noGrad = torch.no_grad();
            using var generator = new torch.Generator((ulong)number + 100, torch.CPU);
            Parameters.ZeroGradients();
            foreach (var weight in Weights)
                weight.Value.grad!.copy_(torch.randn([.. weight.Shape], generator: generator));
        }

        public float[] Values() => [.. Weights.SelectMany(weight => weight.Value.detach().contiguous().data<float>().ToArray())];

        public void Dispose()
        {
            Optimizer.Dispose();
            Parameters.Dispose();
            Weights.ForEach(weight => weight.Dispose());
        }
    }
}
