using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class MemoryTests
{
    [Fact]
    public void The_estimate_is_the_sum_of_what_training_keeps()
    {
        // 8·16 + 16 + 16·1 + 1 weights; RMSprop keeps one more of each; a batch of 32 rows with 8 inputs, 16 and 1 outputs.
        const long Weights = (8 * 16 + 16 + 16 + 1) * 4;
        // All rows of both splits (8 floats and a label), and a batch in flight for each.
        const long Data = (400 + 100) * (8 + 1) * 4 + 2 * 32 * 8 * 4;
        var memory = Samples.Accept(Samples.Regression()).Memory;
        Assert.Equal(new MemoryEstimate(Weights, Weights, Weights, (8 + 16 + 1) * 32 * 4, Data, 3 * Weights + 25 * 32 * 4 + Data), memory);
    }

    [Fact]
    public void A_cache_is_counted()
    {
        var memory = Samples.Accept(Samples.MnistCnn()).Memory;
        // 70,000 images as bytes with their labels; as floats in the caches of training, validation and test, the last two
        // of the same 10,000; and nine batches in flight in each of the three.
        Assert.Equal(70_000L * 785 + 80_000L * 784 * 4 + 3 * 9 * 32 * 784 * 4, memory.DataBytes);
    }

    [Fact]
    public void A_billion_units_are_refused_with_the_bytes()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/model/config/layers/6/config/units", "1000000000"));
        Assert.Equal(("/model/config/layers/6", ViolationCodes.TooLarge), (violation.Pointer, violation.Code));
        Assert.Contains("at most 8 GiB (8589934592 bytes)", violation.Message);
        // 1600·10⁹ + 10⁹ + 10·10⁹ + … weights of 4 bytes.
        Assert.Contains("parameters 5.9 TiB (6444000075304 bytes)", violation.Message);
    }

    [Fact]
    public void Sizes_past_every_number_are_refused_and_do_not_overflow()
    {
        var layers = string.Join(", ", Enumerable.Repeat("""{"class_name": "Dense", "config": {"units": 2147483647}}""", 40));
        var violation = Samples.RefuseOne(Samples.Regression().With("/model/config/layers", $$"""[{{layers}}, {"class_name": "Dense", "config": {"units": 1} }]"""));
        Assert.Equal(ViolationCodes.TooLarge, violation.Code);
        Assert.Contains("EiB", violation.Message);
    }

    [Fact]
    public void A_shape_with_more_elements_than_any_machine_holds_is_refused_at_its_layer()
    {
        const string Layers = """
            [{"class_name": "Reshape", "config": {"target_shape": [2, 2, 2]}}, {"class_name": "Dense", "config": {"units": 2147483647}},
             {"class_name": "Reshape", "config": {"target_shape": [2147483647, 4]}}, {"class_name": "Dense", "config": {"units": 2147483647}},
             {"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"units": 1}}]
            """;
        var violation = Samples.RefuseOne(Samples.Regression().With("/model/config/layers", Layers));
        Assert.Equal("/model/config/layers/3", violation.Pointer);
    }

    [Fact]
    public void A_batch_that_does_not_fit_is_refused() => Assert.Equal(
        ViolationCodes.TooLarge, Samples.RefuseOne(Samples.MnistCnn().With("/data/train/pipeline/4/batch/batch_size", "1000000")).Code);
}
