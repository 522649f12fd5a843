using System.Text.Json.Nodes;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Memory;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class MemoryTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Weights_gradients_and_slots_are_counted()
    {
        // 8·16 + 16 + 16·1 + 1 weights; RMSprop keeps one more of each.
        const long Weights = (8 * 16 + 16 + 16 + 1) * 4;
        var memory = Samples.Accept(Samples.Regression()).Memory;
        // A checkpoint copies weights and slots.
        Assert.Equal((Weights, Weights, Weights, 2 * Weights), (memory.ParametersBytes, memory.GradientsBytes, memory.OptimizerBytes, memory.CopiesBytes));
        // A row: 8 inputs; 16 outputs before and after relu; one output, which loss and metric look at a few times.
        Assert.Equal((8 + 2 * 16 + 1 + 3 * 1) * 4 * 32, memory.ActivationsBytes);
        Assert.Equal(32, memory.BatchSize);
        // All rows of both splits (8 floats, a label, the numbers of rows in order), and a batch waiting beside the one in use.
        Assert.Equal((400 + 100) * ((8 + 1) * 4 + 16) + 2 * 32 * 8 * 4, memory.DataBytes);
        var parts = memory.ParametersBytes + memory.GradientsBytes + memory.OptimizerBytes + memory.CopiesBytes + memory.ActivationsBytes + memory.WorkspaceBytes + memory.DataBytes;
        Assert.Equal(memory.RuntimeBytes + parts * 108 / 100 + parts / 2, memory.TotalBytes);
    }

    [Fact]
    public void A_cache_takes_the_place_of_what_was_read()
    {
        var memory = Samples.Accept(Samples.MnistCnn()).Memory;
        // As floats in the caches of training, validation and test, the last two of the same 10,000 rows, with labels as int64 and the rows'
        // order; and ten batches in flight in one of the three.
        Assert.Equal(80_000L * (784 * 4 + 8 + 16) + 10 * 32 * 784 * 4, memory.DataBytes);
        Assert.Equal("data.train", memory.Largest[0].Name);
    }

    [Fact]
    public void Every_further_copy_of_the_weights_is_counted()
    {
        var plain = Samples.Accept(Samples.Regression()).Memory;
        var (weights, trained, checkpoint) = (plain.ParametersBytes, plain.GradientsBytes, plain.CopiesBytes);
        Assert.Equal(checkpoint + weights, With("/fit", """{"callbacks": [{"class_name": "EarlyStopping", "config": {"restore_best_weights": true}}]}""").CopiesBytes);
        Assert.Equal(checkpoint + 2 * (weights + trained), With("/resources", """{"strategy": "mirrored", "replicas": 3}""").CopiesBytes);
        // Values and gradients of two bytes each; activations of half the size, but for those of the output.
        var half = With("/resources", """{"mixed_precision": "mixed_bfloat16"}""");
        Assert.Equal(checkpoint + trained, half.CopiesBytes);
        Assert.Equal(plain.ActivationsBytes - 2 * 16 * 2 * 32, half.ActivationsBytes);
        Assert.Equal(3 * trained, With("/compile/optimizer", """{"class_name": "Adam", "config": {"use_ema": true}}""").OptimizerBytes);
    }

    [Fact]
    public void A_billion_units_are_refused_with_the_bytes_and_the_largest_parts()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/model/config/layers/6/config/units", "1000000000"));
        Assert.Equal(("/model/config/layers/6", ViolationCodes.TooLarge), (violation.Pointer, violation.Code));
        Assert.Contains("at most 1 TiB (1099511627776 bytes)", violation.Message);
        // 1600·10⁹ + 10⁹ + 10·10⁹ + … weights of 4 bytes.
        Assert.Contains("parameters 5.9 TiB (6444000075304 bytes)", violation.Message);
        Assert.Contains("The largest parts: dense 2", violation.Message);
        Assert.Contains("No batch_size fits", violation.Hint);
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
    public void A_batch_that_does_not_fit_is_refused_with_the_largest_one_that_does()
    {
        const string Size = "/data/train/pipeline/4/batch/batch_size";
        Assert.Null(Read(Samples.MnistCnn().With(Size, "1000000"), 4 * GiB, out var violations));
        var violation = Assert.Single(violations);
        Assert.Equal(ViolationCodes.TooLarge, violation.Code);
        Assert.Contains("at most 4 GiB", violation.Message);
        Assert.Contains("conv2d", violation.Message);

        var fits = int.Parse(violation.Hint!.Split(' ')[3]);
        Assert.InRange(fits, 1_000, 100_000);
        Assert.NotNull(Read(Samples.MnistCnn().With(Size, $"{fits}"), 4 * GiB, out _));
        Assert.Null(Read(Samples.MnistCnn().With(Size, $"{fits + fits / 20}"), 4 * GiB, out _));
    }

    [Fact]
    public void What_ran_out_although_it_should_have_fit_is_told_half_the_batch()
    {
        var memory = Samples.Accept(Samples.MnistCnn()).Memory;
        var error = MemoryAdvice.OutOfMemory("The kernel killed it.", memory, 8 * GiB);
        Assert.Equal("out_of_memory", error.Code);
        Assert.StartsWith("The kernel killed it. The largest parts: data.train ", error.Message);
        Assert.Equal("A batch_size of 16 should fit; it is 32 now. Or a smaller model, or a worker with more memory.", error.Hint);
        Assert.Null(MemoryAdvice.Refusal(memory, memory.TotalBytes));
        Assert.Contains("No batch_size fits", MemoryAdvice.Refusal(memory, 1 << 20)!.Hint);
    }

    [Fact]
    public void The_estimate_of_an_accepted_job_is_the_same_again()
    {
        var submission = Samples.Accept(Samples.MnistCnn());
        var again = MemoryEstimator.Of(submission.Spec, Samples.Datasets)!;
        Assert.Equal(submission.Memory.Largest, again.Largest);
        Assert.Equal(submission.Memory, again with { Largest = submission.Memory.Largest });
    }

    [Theory]
    [InlineData("terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n", true)]
    [InlineData("terminate called after throwing an instance of 'dnnl::error'\n  what():  could not create a primitive\n", true)]
    [InlineData("  what():  could not create a primitive descriptor for a convolution\n", false)]
    [InlineData("Out of memory.\n", true)]
    [InlineData("Segmentation fault\n", false)]
    public void A_dead_trainers_last_words_tell_want_of_memory(string words, bool expected) => Assert.Equal(expected, MemoryAdvice.IsOutOfMemory(words));

    private static JobSubmission? Read(JsonObject job, long limit, out IReadOnlyList<Violation> violations) =>
        JobSubmission.TryRead(Samples.Element(job), Samples.Datasets, out violations, limit);

    private static MemoryEstimate With(string pointer, string json) => Samples.Accept(Samples.Regression().With(pointer, json)).Memory;
}
