using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class DataCheckTests
{
    private const string Pipeline = "/data/train/pipeline";

    private static Violation WithPipeline(string steps) => Samples.RefuseOne(Samples.Regression().With(Pipeline, steps));

    private static IEnumerable<string> Steps(DataSource? source) => source!.Pipeline!.Select(step => step.GetType().Name);

    [Fact]
    public void An_unknown_data_set_or_split_is_refused_with_what_there_is()
    {
        var dataset = Samples.RefuseOne(Samples.MnistCnn().With("/data/train/dataset", "\"minst\""));
        Assert.Equal(("/data/train/dataset", ViolationCodes.UnknownDataset), (dataset.Pointer, dataset.Code));
        Assert.Contains("\"mnist\", \"housing\"", dataset.Message);
        Assert.Equal("did you mean \"mnist\"?", dataset.Hint);
        var split = Samples.RefuseOne(Samples.MnistCnn().With("/data/validation/split", "\"tets\""));
        Assert.Equal(("/data/validation/split", ViolationCodes.UnknownSplit), (split.Pointer, split.Code));
        Assert.Equal("did you mean \"test\"?", split.Hint);
    }

    [Theory]
    [InlineData("""[{"batch": {"batch_size": 8}}, {"batch": {"batch_size": 8}}]""", 1, "batches of batches")]
    [InlineData("""[{"batch": {"batch_size": 8}}, {"padded_batch": {"batch_size": 8}}]""", 1, "batches of batches")]
    [InlineData("""[{"batch": {"batch_size": 8}}, {"filter": {"expression": "labels < 5"}}]""", 1, "whole batches")]
    [InlineData("""[{"repeat": {}}, {"cache": {}}, {"take": {"count": 90}}]""", 1, "never be full")]
    public void Steps_in_an_order_that_nobody_means_are_refused(string steps, int index, string why)
    {
        var violation = WithPipeline(steps);
        Assert.Equal(($"{Pipeline}/{index}", ViolationCodes.PipelineOrder), (violation.Pointer, violation.Code));
        Assert.Contains(why, violation.Message);
    }

    [Theory]
    [InlineData("""[{"batch": {"batch_size": 8}}, {"shuffle": {"buffer_size": 9}}]""")]
    [InlineData("""[{"batch": {"batch_size": 8}}, {"cache": {}}, {"take": {"count": 3}}, {"prefetch": {"buffer_size": "auto"}}]""")]
    [InlineData("""[{"shuffle": {"buffer_size": 9}}, {"cache": {}}, {"shuffle": {"buffer_size": 9}}, {"take": {"count": 20}}, {"batch": {"batch_size": 8}}]""")]
    [InlineData("""[{"prefetch": {}}, {"repeat": {"count": 2}}, {"batch": {"batch_size": 8}}, {"skip": {"count": 1}}, {"map": {"class_name": "Rescaling", "config": {"scale": 2}}}, {"prefetch": {}}]""")]
    [InlineData("""[{"shard": {"num_shards": 3, "index": 2}}, {"cache": {"filename": "rows"}}, {"batch": {"batch_size": 8}}]""")]
    public void Steps_stay_in_the_order_in_which_they_were_given(string steps)
    {
        var given = JsonElement.Parse(steps).EnumerateArray().Select(Name);
        var resolved = Samples.Accept(Samples.Regression().With(Pipeline, steps)).Spec.Data.Train.Pipeline!;
        Assert.Equal(given, resolved.Select(step => Name(JsonSerializer.SerializeToElement(step, ContractsJson.Options))));

        static string Name(JsonElement step) => step.EnumerateObject().Single().Name;
    }

    [Theory]
    [InlineData("""[{"shufle": {"buffer_size": 9}}]""", "/0/shufle", ViolationCodes.UnknownField)]
    [InlineData("""["cache"]""", "/0", ViolationCodes.WrongType)]
    [InlineData("""[{"cache": {}, "batch": {"batch_size": 3}}]""", "/0", ViolationCodes.WrongType)]
    [InlineData("""[{}]""", "/0", ViolationCodes.WrongType)]
    [InlineData("""[{"cache": null}]""", "/0/cache", ViolationCodes.WrongType)]
    [InlineData("""[{"batch": {"batch_size": 0}}]""", "/0/batch/batch_size", ViolationCodes.OutOfRange)]
    [InlineData("""[{"shuffle": {}}]""", "/0/shuffle/buffer_size", ViolationCodes.Required)]
    [InlineData("""[{"map": {"class_name": "Dense", "config": {"units": 3}}}]""", "/0/map", ViolationCodes.UnsupportedValue)]
    [InlineData("""[{"map": {"class_name": "Reshape", "config": {"target_shape": [3, 3]}}}]""", "/0/map/config/target_shape", ViolationCodes.ShapeConflict)]
    public void A_wrong_step_is_refused_where_it_is_wrong(string steps, string place, string code)
    {
        var violation = WithPipeline(steps);
        Assert.Equal((Pipeline + place, code), (violation.Pointer, violation.Code));
    }

    [Theory]
    [InlineData("""[{"skip": {"count": 400}}]""")]
    [InlineData("""[{"take": {"count": 10}}, {"skip": {"count": 10}}]""")]
    [InlineData("""[{"take": {"count": 7}}, {"batch": {"batch_size": 8, "drop_remainder": true}}]""")]
    public void A_pipeline_that_leaves_no_batch_is_refused(string steps)
    {
        var violation = WithPipeline(steps);
        Assert.Equal((Pipeline, ViolationCodes.NoRows), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void Two_batch_sizes_are_refused()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/fit/batch_size", "64"));
        Assert.Equal(("/fit/batch_size", ViolationCodes.Conflict), (violation.Pointer, violation.Code));
        Assert.Equal(32, Samples.Accept(Samples.MnistCnn().With("/fit/batch_size", "32")).Spec.Fit!.BatchSize);
    }

    [Fact]
    public void Validation_rows_get_the_training_rows_maps_cache_batch_size_and_prefetch_without_shuffling()
    {
        var data = Samples.Accept(Samples.Example("mnist-quick.json")).Spec.Data;
        Assert.Equal(["Take", "Map", "Map", "Cache", "Shuffle", "Batch", "Prefetch"], Steps(data.Train));
        Assert.Equal(["Map", "Map", "Cache", "Batch", "Prefetch"], Steps(data.Validation));
        Assert.Equal(32, data.Validation!.Pipeline!.OfType<Batch>().Single().BatchSize);
    }

    [Fact]
    public void Training_rows_without_a_pipeline_are_shuffled_completely_and_batched_by_32()
    {
        var submission = Samples.Accept(Samples.Regression());
        Assert.Equal([new Shuffle(400), new Batch(32)], submission.Spec.Data.Train.Pipeline!);
        Assert.Equal([new Batch(32)], submission.Spec.Data.Validation!.Pipeline!);
        Assert.Equal([new Batch(50)], Samples.Accept(Samples.Regression().With("/fit", """{"batch_size": 50}""").With(Pipeline, "[]")).Spec.Data.Train.Pipeline!);
    }

    [Fact]
    public void Validation_rows_must_look_like_training_rows()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/data/validation", """{"dataset": "mnist", "split": "test", "pipeline": []}"""));
        Assert.Equal(("/data/validation", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Contains("features (None, 28, 28)", violation.Message);
        var other = Samples.RefuseOne(Samples.MnistCnn().With("/data/test", """{"dataset": "housing", "split": "test", "pipeline": []}"""));
        Assert.Equal("/data/test", other.Pointer);
    }
}
