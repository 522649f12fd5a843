using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Jobs;

/// <summary>What each step makes of rows, and what is wrong with a step that cannot be run.</summary>
public sealed class PipelineStepTests
{
    private const string Pipeline = "/data/train/pipeline";

    [Theory]
    [InlineData("""{"map": {"class_name": "Rescaling", "config": {"name": "r", "trainable": true, "dtype": "float32", "scale": 2, "offset": 0}}}""")]
    [InlineData("""{"map": {"one_hot": {"depth": 10}, "on": "label"}}""")]
    [InlineData("""{"map": {"cast": {"dtype": "float32"}, "num_parallel_calls": 3}}""")]
    [InlineData("""{"map": {"expression": "x / 255", "on": "image"}}""")]
    [InlineData("""{"filter": {"expression": "label < 5"}}""")]
    [InlineData("""{"cache": {}}""")]
    [InlineData("""{"cache": {"filename": "rows.cache"}}""")]
    [InlineData("""{"repeat": {"count": 3}}""")]
    [InlineData("""{"shard": {"num_shards": 4, "index": 1}}""")]
    [InlineData("""{"padded_batch": {"batch_size": 8, "padded_shapes": {"features": [20]}, "padding_values": {"features": -1}, "drop_remainder": true}}""")]
    [InlineData("""{"bucket_by_sequence_length": {"bucket_boundaries": [10, 20], "bucket_batch_sizes": [32, 16, 8], "on": null, "padded_shapes": null, "padding_values": null, "pad_to_bucket_boundary": false, "drop_remainder": false}}""")]
    [InlineData("""{"resample": {"strategy": "undersample", "seed": 4}}""")]
    [InlineData("""{"rejection_resample": {"target_dist": [0.5, 0.5], "initial_dist": null, "seed": null}}""")]
    public void A_step_is_written_as_it_was_read(string json) =>
        Assert.Equal(JsonSerializer.Serialize(Samples.Raw(json), ContractsJson.Options), JsonSerializer.Serialize(JsonSerializer.Deserialize<PipelineStep>(json, ContractsJson.Options), ContractsJson.Options));

    [Fact]
    public void Every_step_has_its_name_on_the_wire()
    {
        var steps = typeof(PipelineStep).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PipelineStep))).ToList();
        Assert.Equal(14, steps.Count);
        Assert.All(steps, step =>
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(step.Name);
            Assert.Null(ContractsJson.TryRead<PipelineStep>(Samples.Raw($$"""{"{{name}}": 1}"""), out var violations));
            Assert.Equal(($"/{name}", ViolationCodes.WrongType), (violations[0].Pointer, violations[0].Code));
        });
    }

    [Theory]
    [InlineData("""{"map": {"class_name": "Rescaling", "config": {"scale": 2}}}""", 2)]
    [InlineData("""{"map": {"layer": {"class_name": "Rescaling", "config": {"scale": 2}}, "num_parallel_calls": "auto"}}""", 2)]
    [InlineData("""{"map": {"expression": "x[..., 0:1] + 1"}}""", 1)]
    [InlineData("""{"map": {"expression": "x * 2", "on": "features"}}""", 2)]
    [InlineData("""{"filter": {"expression": "price < 5 and area > 1"}}""", 2)]
    [InlineData("""{"filter": {"expression": "all(features > 0, axis=-1)"}}""", 2)]
    public void Shapes_follow_from_the_functions(string step, int width) =>
        Assert.Equal(new Shape(null, width), StoredSamples.Accept(StoredSamples.Houses().With(Pipeline, $"[{step}]")).Model.InputShape);

    [Theory]
    [InlineData("""{"map": {}}""", "/0/map", ViolationCodes.Required, "a Keras layer, or one of")]
    [InlineData("""{"map": {"one_hot": {"depth": 3}, "cast": {"dtype": "int8"}}}""", "/0/map", ViolationCodes.Conflict, "one function")]
    [InlineData("""{"map": {"one_hott": {"depth": 3}}}""", "/0/map/one_hott", ViolationCodes.UnknownField, "one_hot")]
    [InlineData("""{"map": {"cast": {"dtype": "complex64"}}}""", "/0/map/cast/dtype", ViolationCodes.InvalidFormat, "float32")]
    [InlineData("""{"map": {"expression": "x +"}}""", "/0/map/expression", ViolationCodes.ShapeConflict, "expected")]
    [InlineData("""{"map": {"expression": "y"}}""", "/0/map/expression", ViolationCodes.ShapeConflict, "y")]
    [InlineData("""{"map": {"expression": "mean(x)"}}""", "/0/map/expression", ViolationCodes.ShapeConflict, "a value per row")]
    [InlineData("""{"map": {"expression": "x", "on": "pric"}}""", "/0/map/on", ViolationCodes.UnknownValue, "\"price\"")]
    [InlineData("""{"map": {"expression": "x", "on": "area"}}""", "/0/map/on", ViolationCodes.UnknownValue, "only a part of features")]
    [InlineData("""{"map": {"one_hot": {"depth": 3}, "on": "labels"}}""", "/0/map/one_hot", ViolationCodes.ShapeConflict, "whole numbers")]
    [InlineData("""{"map": {"class_name": "Rescaling", "config": {"scale": 2}, "on": "x"}}""", "/0/map/on", ViolationCodes.UnknownField, "class_name")]
    [InlineData("""{"filter": {"expression": "features > 0"}}""", "/0/filter/expression", ViolationCodes.InvalidFormat, "one truth per row")]
    [InlineData("""{"filter": {"expression": "price"}}""", "/0/filter/expression", ViolationCodes.InvalidFormat, "a number")]
    [InlineData("""{"shard": {"num_shards": 2, "index": 2}}""", "/0/shard/index", ViolationCodes.OutOfRange, "0 to 1")]
    [InlineData("""{"cache": {"filename": "../rows"}}""", "/0/cache/filename", ViolationCodes.InvalidFormat, "without folders")]
    [InlineData("""{"repeat": {}}""", "/0", ViolationCodes.Conflict, "fit.steps_per_epoch")]
    [InlineData("""{"resample": {"strategy": "oversample"}}""", "/0", ViolationCodes.ShapeConflict, "the number of a class")]
    [InlineData("""{"prefetch": {"buffer_size": "many"}}""", "/0/prefetch/buffer_size", ViolationCodes.WrongType, "whole number")]
    public void A_step_that_cannot_be_run_is_refused_where_it_is_wrong(string step, string place, string code, string why)
    {
        var violation = StoredSamples.RefuseOne(StoredSamples.Houses().With(Pipeline, $"[{step}]"));
        Assert.Equal((Pipeline + place, code), (violation.Pointer, violation.Code));
        Assert.Contains(why, violation.Message);
    }

    [Fact]
    public void A_stream_without_end_is_cut_by_take_or_by_steps()
    {
        StoredSamples.Accept(StoredSamples.Houses().With(Pipeline, """[{"repeat": {}}, {"take": {"count": 1000}}]"""));
        Assert.Equal(7, StoredSamples.Accept(StoredSamples.Houses().With(Pipeline, """[{"repeat": {}}, {"batch": {"batch_size": 8}}]""").With("/fit", """{"steps_per_epoch": 7}""")).Spec.Fit!.StepsPerEpoch);
    }

    [Fact]
    public void Sequences_are_padded_or_put_into_buckets()
    {
        var job = StoredSamples.Job("steps", "sparse_categorical_crossentropy", """{"class_name": "Embedding", "config": {"input_dim": 50, "output_dim": 4} }""", """{"class_name": "LSTM", "config": {"units": 4} }""", StoredSamples.Dense(3));
        Assert.Contains("padded_batch", StoredSamples.RefuseOne(job).Hint);
        var padded = StoredSamples.Accept(job.With(Pipeline, """[{"padded_batch": {"batch_size": 8, "padded_shapes": {"sequence": [30]}}}]""").With("/data/validation", """{"dataset": "steps", "split": "test"}"""));
        Assert.Equal(new Shape(null, 30), padded.Model.InputShape);
        Assert.Equal(8, Assert.IsType<PaddedBatch>(padded.Spec.Data.Validation!.Pipeline!.Single()).BatchSize);
        var buckets = StoredSamples.Accept(job.With(Pipeline, """[{"shuffle": {"buffer_size": 200}}, {"bucket_by_sequence_length": {"boundaries": [10, 20], "batch_sizes": [32, 16, 8]}}]"""));
        Assert.Equal((32, 8), (buckets.Spec.Fit!.BatchSize, Assert.IsType<PaddedBatch>(buckets.Spec.Data.Validation!.Pipeline!.Single()).BatchSize));
        foreach (var (step, place) in new[]
        {
            ("""{"bucket_by_sequence_length": {"bucket_boundaries": [10, 20], "bucket_batch_sizes": [32, 16]}}""", "bucket_batch_sizes"),
            ("""{"bucket_by_sequence_length": {"bucket_boundaries": [20, 10], "bucket_batch_sizes": [32, 16, 8]}}""", "bucket_boundaries"),
        })
            Assert.Equal($"{Pipeline}/0/bucket_by_sequence_length/{place}", StoredSamples.RefuseOne(job.With(Pipeline, $"[{step}]")).Pointer);
        var shape = StoredSamples.RefuseOne(job.With(Pipeline, """[{"padded_batch": {"batch_size": 8, "padded_shapes": {"features": [3, 4]}}}]"""));
        Assert.Equal($"{Pipeline}/0/padded_batch/padded_shapes", shape.Pointer);
    }

    [Fact]
    public void Classes_are_resampled_and_weighed()
    {
        var job = StoredSamples.Job("weighted", "sparse_categorical_crossentropy", StoredSamples.Dense(4)).With(Pipeline, """[{"rejection_resample": {"target_dist": [1, 1, 1, 1]}}, {"resample": {"strategy": "oversample"}}]""");
        StoredSamples.Accept(job);
        Assert.Equal($"{Pipeline}/0/rejection_resample/target_dist", StoredSamples.RefuseOne(job.With($"{Pipeline}/0/rejection_resample/target_dist", "[1, 1]")).Pointer);
        var both = StoredSamples.RefuseOne(StoredSamples.Job("weighted", "sparse_categorical_crossentropy", StoredSamples.Dense(4)).With("/fit", """{"class_weight": "balanced"}"""));
        Assert.Equal(("/fit/class_weight", ViolationCodes.Conflict), (both.Pointer, both.Code));
        var numbers = StoredSamples.RefuseOne(StoredSamples.Houses().With("/fit", """{"class_weight": "balanced"}"""));
        Assert.Contains("which can be counted", numbers.Message);
        var word = StoredSamples.RefuseOne(StoredSamples.Houses().With("/fit", """{"class_weight": "balance"}"""));
        Assert.Equal(("/fit/class_weight", "did you mean \"balanced\"?"), (word.Pointer, word.Hint));
        Assert.Null(Samples.Accept(Samples.MnistCnn().With("/fit/class_weight", "\"balanced\"")).Spec.Fit!.ClassWeight!.ByClass);
    }
}
