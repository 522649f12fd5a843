using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class FitCheckTests
{
    private static JsonObject With(string fit) => Samples.Regression().With("/fit", fit);

    private static JsonObject WithoutValidation(string fit) => With(fit).Without("/data/validation");

    [Fact]
    public void Epochs_is_the_index_at_which_training_ends()
    {
        Assert.Equal(3, Samples.Accept(With("""{"initial_epoch": 3, "epochs": 5}""")).Spec.Fit!.InitialEpoch);
        Assert.Equal("/fit/initial_epoch", Samples.RefuseOne(With("""{"initial_epoch": 5, "epochs": 5}""")).Pointer);
    }

    [Fact]
    public void A_split_takes_the_last_rows_before_any_shuffling()
    {
        var spec = Samples.Accept(WithoutValidation("""{"validation_split": 0.25, "validation_batch_size": 7}""")).Spec;
        Assert.Equal([new Take(300), new Shuffle(300), new Batch(32)], spec.Data.Train.Pipeline!);
        Assert.Equal([new Skip(300), new Batch(7)], spec.Data.Validation!.Pipeline!);
        Assert.Equal(("housing", "train"), (spec.Data.Validation.Dataset, spec.Data.Validation.Split));
        // What was resolved says the same when it is read again.
        Assert.Equal(0, spec.Fit!.ValidationSplit);
        var again = Samples.Accept(JsonNode.Parse(JsonSerializer.Serialize(spec, ContractsJson.Options))!).Spec;
        Assert.Equal(JsonSerializer.Serialize(spec, ContractsJson.Options), JsonSerializer.Serialize(again, ContractsJson.Options));
    }

    [Fact]
    public void A_split_stands_behind_what_chooses_rows_and_keeps_the_maps()
    {
        var pipeline = """
            [{"skip": {"count": 10}}, {"map": {"class_name": "Rescaling", "config": {"scale": 2}}}, {"take": {"count": 99}}, {"cache": {}},
             {"shuffle": {"buffer_size": 1000}}, {"batch": {"batch_size": 8, "drop_remainder": true}}, {"prefetch": {}}]
            """;
        var spec = Samples.Accept(WithoutValidation("""{"validation_split": 0.1}""").With("/data/train/pipeline", pipeline)).Spec;
        // 0.9 of 99 rows are 89.1.
        Assert.Equal(["Skip", "Map", "Take", "Cache", "Take", "Shuffle", "Batch", "Prefetch"], spec.Data.Train.Pipeline!.Select(step => step.GetType().Name));
        Assert.Equal(new Take(89), spec.Data.Train.Pipeline![4]);
        Assert.Equal(["Skip", "Map", "Take", "Cache", "Skip", "Batch", "Prefetch"], spec.Data.Validation!.Pipeline!.Select(step => step.GetType().Name));
        Assert.Equal((new Skip(89), new Batch(8)), ((Skip)spec.Data.Validation.Pipeline![4], (Batch)spec.Data.Validation.Pipeline[5]));
    }

    [Fact]
    public void A_split_gives_figures_to_watch_and_gives_way_to_validation_rows()
    {
        const string Stopping = """{"validation_split": 0.5, "callbacks": [{"class_name": "EarlyStopping", "config": {}}]}""";
        Samples.Accept(WithoutValidation(Stopping));
        Assert.Equal("test", Samples.Accept(With(Stopping)).Spec.Data.Validation!.Split);
        Assert.Equal("/fit/callbacks/0/config/monitor", Samples.RefuseOne(WithoutValidation(Stopping.Replace("0.5", "0.0"))).Pointer);
    }

    [Theory]
    [InlineData("0.999")]
    [InlineData("1.0")]
    [InlineData("-0.1")]
    public void A_split_leaves_rows_on_both_sides(string split) =>
        Assert.Equal("/fit/validation_split", Samples.RefuseOne(WithoutValidation($$"""{"validation_split": {{split}} }""").With("/data/train/pipeline", """[{"take": {"count": 100}}]""")).Pointer);

    [Theory]
    [InlineData("""{"validation_steps": 3}""", "validation_steps")]
    [InlineData("""{"validation_batch_size": 3}""", "validation_batch_size")]
    public void What_is_about_validation_needs_validation_rows(string fit, string field)
    {
        Samples.Accept(With(fit));
        Assert.Equal($"/fit/{field}", Samples.RefuseOne(WithoutValidation(fit)).Pointer);
    }

    [Fact]
    public void A_number_of_steps_makes_the_batches_where_nobody_says_their_size()
    {
        // As Keras: 400 rows in 7 steps are batches of 58; 100 rows in 3 steps batches of 34.
        var spec = Samples.Accept(With("""{"steps_per_epoch": 7, "validation_steps": 3}""")).Spec;
        Assert.Equal((58, 58), (spec.Fit!.BatchSize, spec.Data.Train.Pipeline!.OfType<Batch>().Single().BatchSize));
        Assert.Equal(34, spec.Data.Validation!.Pipeline!.OfType<Batch>().Single().BatchSize);
        Assert.Equal(16, Samples.Accept(With("""{"steps_per_epoch": 7, "batch_size": 16}""")).Spec.Data.Train.Pipeline!.OfType<Batch>().Single().BatchSize);
        Assert.Equal(16, Samples.Accept(With("""{"validation_steps": 3, "batch_size": 16}""")).Spec.Data.Validation!.Pipeline!.OfType<Batch>().Single().BatchSize);
    }

    [Fact]
    public void Validation_happens_every_so_many_epochs_or_at_those_of_a_list()
    {
        Assert.True(Samples.Accept(With("""{"epochs": 4, "validation_freq": [1, 3]}""")).Spec.Fit!.ValidationFreq.Includes(3));
        Assert.Equal("/fit/validation_freq/1", Samples.RefuseOne(With("""{"validation_freq": [1, 0]}""")).Pointer);
        const string Stopping = "\"callbacks\": [{\"class_name\": \"EarlyStopping\", \"config\": {}}]";
        Samples.Accept(With($$"""{"epochs": 4, "validation_freq": [9, 3], {{Stopping}} }"""));
        Assert.Contains("validation_freq", Samples.RefuseOne(With($$"""{"epochs": 4, "validation_freq": [5, 9], {{Stopping}} }""")).Hint);
        Assert.Contains("validation_freq", Samples.RefuseOne(With($$"""{"epochs": 4, "initial_epoch": 3, "validation_freq": 3, {{Stopping}} }""")).Hint);
    }

    [Fact]
    public void Rows_are_shuffled_unless_that_is_off()
    {
        Assert.Single(Samples.Accept(With("{}")).Spec.Data.Train.Pipeline!.OfType<Shuffle>());
        Assert.Empty(Samples.Accept(With("""{"shuffle": false}""")).Spec.Data.Train.Pipeline!.OfType<Shuffle>());
        Assert.Equal(
            "/data/train/pipeline/0", Samples.RefuseOne(With("""{"shuffle": false}""").With("/data/train/pipeline", """[{"shuffle": {"buffer_size": 10}}]""")).Pointer);
    }

    [Fact]
    public void Classes_are_weighed_by_their_numbers()
    {
        static JsonObject Digits(string weights) => Samples.MnistCnn().With("/fit/class_weight", weights);
        Assert.Equal(2.5, Samples.Accept(Digits("""{"3": 2.5, "9": 0}""")).Spec.Fit!.ClassWeight!.ByClass!["3"]);
        Assert.Equal("/fit/class_weight/10", Samples.RefuseOne(Digits("""{"10": 1}""")).Pointer);
        Assert.Equal("/fit/class_weight/three", Samples.RefuseOne(Digits("""{"three": 1}""")).Pointer);
        Assert.Equal("/fit/class_weight/1", Samples.RefuseOne(Digits("""{"1": -1}""")).Pointer);
        Assert.Equal("/fit/class_weight/1", Samples.RefuseOne(Digits("""{"1": "a"}""")).Pointer);
        Assert.Equal("/fit/class_weight", Samples.RefuseOne(Digits("[1, 2]")).Pointer);
    }

    [Fact]
    public void Averages_are_swapped_only_where_they_are_kept()
    {
        const string Swap = """{"callbacks": [{"class_name": "SwapEMAWeights", "config": {"swap_on_epoch": true}}]}""";
        Assert.Equal(("/fit/callbacks/0", ViolationCodes.Conflict), (Samples.RefuseOne(With(Swap)).Pointer, Samples.RefuseOne(With(Swap)).Code));
        Samples.Accept(With(Swap).With("/compile/optimizer", """{"class_name": "Adam", "config": {"use_ema": true}}"""));
    }

    [Fact]
    public void A_schedule_of_Keras_counts_epochs()
    {
        var spec = Samples.Accept(With("""
            {"callbacks": [{"class_name": "LearningRateScheduler", "config": {"schedule":
              {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}}}}]}
            """)).Spec;
        Assert.NotNull(((LearningRateScheduler)spec.Fit!.Callbacks![0]).Schedule.Decay);
    }
}
