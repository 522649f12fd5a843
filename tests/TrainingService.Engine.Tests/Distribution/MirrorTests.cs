using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Regularizers;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Distribution;

/// <summary>Replicas that share every batch learn what one model learns from the whole batch.</summary>
[Collection(TrainingCollection.Name)]
public sealed class MirrorTests : IDisposable
{
    private static readonly Dictionary<string, Func<Sequential>> Networks = new()
    {
        ["cnn"] = () => Fitted.Cnn(),
        ["lstm"] = Fitted.Lstm,
        ["frozen_statistics"] = () => Fitted.Cnn(new BatchNormalization { Trainable = false }),
        ["penalties"] = () => Fitted.Mlp(new Dense(8) { KernelRegularizer = new L2(0.1), ActivityRegularizer = new L2(0.1) }),
        ["masked"] = () => new Sequential([new Reshape([8, 8]), new Masking(), new GRU(6) { ReturnSequences = true }, new LSTM(6), new Dense(2)]),
    };

    public static TheoryData<string, int> All => [.. Networks.Keys.SelectMany(name => new[] { (name, 2), (name, 3) })];

    [Theory, MemberData(nameof(All))]
    public void Two_or_three_replicas_learn_what_one_device_learns(string network, int replicas)
    {
        // 50 rows: the last batch has two, fewer than three replicas.
        using var one = new Fitted(Networks[network](), rows: 50, loss: Loss(network));
        using var several = new Fitted(Networks[network](), rows: 50, loss: Loss(network), replicas: replicas);
        Assert.Equal(one.Weights(), several.Weights());
        var losses = one.Epochs(3);
        Assert.Equal(losses, several.Epochs(3), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.NotEqual(losses[0], losses[2], 4);
        AssertClose(one.Weights(), several.Weights());
    }

    [Theory]
    [InlineData(Contracts.Losses.Reduction.Sum), InlineData(Contracts.Losses.Reduction.MeanWithSampleWeight), InlineData(Contracts.Losses.Reduction.SumOverBatchSize)]
    public void Weighted_rows_count_in_the_whole_batch(Contracts.Losses.Reduction reduction)
    {
        var loss = LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy { Reduction = reduction });
        var optimizer = new Contracts.Optimizers.Sgd { LearningRate = 0.005 };
        using var one = new Fitted(Fitted.Mlp(), rows: 40, loss: loss, weighted: true, optimizer: optimizer);
        using var two = new Fitted(Fitted.Mlp(), rows: 40, loss: loss, weighted: true, optimizer: optimizer, replicas: 2);
        one.Epochs(3);
        two.Epochs(3);
        AssertClose(one.Weights(), two.Weights());
    }

    [Fact]
    public void Moving_statistics_are_the_mean_of_the_replicas()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new Sequential([new Flatten(), new BatchNormalization(Momentum: 0), new Dense(2)]);
        using var fitted = new Fitted(spec, rows: 16, replicas: 2);
        fitted.Epochs(1);
        var halves = Fitted.Squares(16).Features.flatten(1).chunk(2);
        var statistics = fitted.Model.Weights.Where(weight => !weight.Trainable).Select(weight => weight.Value).ToList();
        Assert.True(statistics[0].allclose((halves[0].mean([0L]) + halves[1].mean([0L])) / 2, 1e-4, 1e-5));
        Assert.True(statistics[1].allclose((halves[0].var(0, unbiased: false) + halves[1].var(0, unbiased: false)) / 2, 1e-4, 1e-5));
    }

    [Fact]
    public void Results_repeat_each_replica_drops_out_values_of_its_own_and_no_tensor_is_left()
    {
        float[] Train(int replicas)
        {
            List<long> tensors = [];
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var fitted = new Fitted(Fitted.Cnn(new Dropout(0.5), new BatchNormalization()), rows: 50, replicas: replicas);
            fitted.Epochs(4, () => tensors.Add(torch.Tensor.TotalCount));
            Assert.All(tensors.Skip(1), count => Assert.Equal(tensors[1], count));
            return fitted.Weights();
        }
        Assert.Equal(Train(2), Train(2));
        Assert.NotEqual(Train(2), Train(1));
    }

    [Fact]
    public void Half_precision_and_replicas_go_together()
    {
        var spec = (Sequential)Contracts.Models.MixedPrecision.Apply(Fitted.Cnn(), "mixed_bfloat16");
        using var fitted = new Fitted(spec, replicas: 2);
        var losses = fitted.Epochs(6);
        Assert.True(losses[^1] < 0.6 * losses[0], string.Join(" ", losses));
    }

    private static Loss? Loss(string network) => network == "masked" ? LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy(FromLogits: true)) : null;

    private static void AssertClose(float[] expected, float[] received)
    {
        var furthest = expected.Zip(received, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(furthest < 1e-5, $"{furthest} off");
    }

    public void Dispose() => torch.set_num_threads(1);
}
