using TorchSharp;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Losses;

/// <summary>Masks and weights by hand: the squared errors of four values are 1, 4, 9 and 16.</summary>
[Collection(TrainingCollection.Name)]
public class LossMaskTests
{
    private static float Loss(Contracts.Losses.Reduction reduction, bool[]? mask, float[]? weight = null)
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new float[] { 1, 2, 3, 4 }).reshape(4, 1);
        var loss = LossTable.Build(new Contracts.Losses.MeanSquaredError { Reduction = reduction });
        return loss.Call(zeros(4, 1), outputs, weight is null ? null : tensor(weight), mask is null ? null : tensor(mask)).item<float>();
    }

    [Fact]
    public void The_mean_runs_over_the_valid_values()
    {
        Assert.Equal((1 + 9) / 2f, Loss(Contracts.Losses.Reduction.SumOverBatchSize, [true, false, true, false]), 1e-5f);
        Assert.Equal((1 + 9) / 2f, Loss(Contracts.Losses.Reduction.Mean, [true, false, true, false]), 1e-5f);
    }

    [Fact]
    public void A_sum_leaves_the_masked_values_out()
    {
        Assert.Equal(10, Loss(Contracts.Losses.Reduction.Sum, [true, false, true, false]));
        Assert.Equal(1 * 2 + 9 * 3, Loss(Contracts.Losses.Reduction.Sum, [true, false, true, false], [2, 5, 3, 7]));
    }

    [Fact]
    public void Weights_count_among_the_valid_values()
    {
        // 4 values, 2 valid: every valid value counts twice, and the sum is divided by 4.
        Assert.Equal((1 * 2 + 9 * 3) / 2f, Loss(Contracts.Losses.Reduction.SumOverBatchSize, [true, false, true, false], [2, 5, 3, 7]), 1e-5f);
        Assert.Equal((1 * 2 + 9 * 3) / 5f, Loss(Contracts.Losses.Reduction.MeanWithSampleWeight, [true, false, true, false], [2, 5, 3, 7]), 1e-5f);
    }

    [Fact]
    public void A_batch_of_which_nothing_counts_is_zero()
    {
        foreach (var reduction in Enum.GetValues<Contracts.Losses.Reduction>().Where(each => each != Contracts.Losses.Reduction.None))
            Assert.Equal(0, Loss(reduction, [false, false, false, false]));
        Assert.Equal(0, Loss(Contracts.Losses.Reduction.MeanWithSampleWeight, null, [0, 0, 0, 0]));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_label_that_is_no_class_is_the_data_s_fault(bool fromLogits)
    {
        using var scope = NewDisposeScope();
        var loss = LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy(fromLogits));
        foreach (var label in new long[] { 3, -1, -100 })
        {
            var failure = Assert.ThrowsAny<Exception>(() => loss.Call(tensor(new[] { 0, label }), ones(2, 3) / 3));
            Assert.Equal(Contracts.Jobs.StopReason.BadData, FailureClassifier.Classify(failure).StopReason);
        }
    }

    [Fact]
    public void Weights_that_do_not_go_with_the_values_are_refused_with_both_shapes()
    {
        using var scope = NewDisposeScope();
        var loss = LossTable.Build(new Contracts.Losses.MeanSquaredError());
        var failure = Assert.Throws<DatasetException>(() => loss.Call(zeros(2, 3, 4), zeros(2, 3, 4), ones(2)));
        Assert.Contains("(2, 3). Received: (2)", failure.Message);
        Assert.Equal(Contracts.Jobs.StopReason.BadData, FailureClassifier.Classify(failure).StopReason);
    }

    [Fact]
    public void A_label_that_is_no_class_makes_a_ctc_loss_that_is_no_number()
    {
        using var scope = NewDisposeScope();
        var loss = LossTable.Build(new Contracts.Losses.CTC { Reduction = Contracts.Losses.Reduction.None });
        var values = loss.Call(tensor(new long[,] { { 1, 2 }, { 1, 99 }, { -3, 1 } }), zeros(3, 5, 4));
        Assert.Equal([false, true, true], values.isnan().data<bool>().ToArray());
    }

    [Fact]
    public void A_label_that_needs_more_steps_than_there_are_has_Keras_s_large_loss()
    {
        using var scope = NewDisposeScope();
        var loss = LossTable.Build(new Contracts.Losses.CTC { Reduction = Contracts.Losses.Reduction.None });
        // Two equal neighbours need a blank between them: three steps.
        var outputs = zeros(1, 2, 3).requires_grad_(true);
        var value = loss.Call(tensor(new long[,] { { 1, 1 } }), outputs);
        value.sum().backward();
        Assert.Equal(1e5f, value.item<float>());
        Assert.True(outputs.grad!.isfinite().all().item<bool>());
    }
}
