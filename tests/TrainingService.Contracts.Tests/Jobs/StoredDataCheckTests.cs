using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Jobs;

/// <summary>Jobs over data sets that were ingested: versions, columns, several inputs and outputs, texts, pictures.</summary>
public sealed class StoredDataCheckTests
{
    private const string Train = "/data/train";

    [Fact]
    public void A_name_means_the_newest_version_and_the_resolved_spec_pins_it()
    {
        var newest = StoredSamples.Accept(StoredSamples.Houses()).Spec.Data.Train;
        Assert.Equal(("houses@2", StoredSamples.Datasets[1].Fingerprint), (newest.Dataset, newest.Fingerprint));
        Assert.Equal("houses@1", StoredSamples.Accept(StoredSamples.Houses().With($"{Train}/dataset", "\"houses@1\"")).Spec.Data.Train.Dataset);
        var unknown = StoredSamples.RefuseOne(StoredSamples.Houses().With($"{Train}/dataset", "\"houses@3\""));
        Assert.Equal(($"{Train}/dataset", ViolationCodes.UnknownDataset), (unknown.Pointer, unknown.Code));
        Assert.Contains("\"houses@1\", \"houses@2\"", unknown.Message);
        var other = StoredSamples.RefuseOne(StoredSamples.Houses().With($"{Train}/fingerprint", $"\"{new string('0', 64)}\""));
        Assert.Equal(($"{Train}/fingerprint", ViolationCodes.Conflict), (other.Pointer, other.Code));
    }

    [Fact]
    public void Columns_of_numbers_stand_side_by_side_in_the_order_given()
    {
        Assert.Equal(new Shape(null, 2), StoredSamples.Accept(StoredSamples.Houses()).Model.InputShape);
        Assert.Equal(new Shape(null, 3), StoredSamples.Accept(StoredSamples.Houses().With($"{Train}/features", """["rooms", "sold", "area"]""")).Model.InputShape);
        var typo = StoredSamples.RefuseOne(StoredSamples.Houses().With($"{Train}/features", """["rooms", "aera"]"""));
        Assert.Equal(($"{Train}/features/1", ViolationCodes.UnknownValue, "did you mean \"area\"?"), (typo.Pointer, typo.Code, typo.Hint));
        var text = StoredSamples.RefuseOne(StoredSamples.Houses().With($"{Train}/features", """["rooms", "district"]"""));
        Assert.Equal(($"{Train}/features", ViolationCodes.ShapeConflict), (text.Pointer, text.Code));
        Assert.Contains("district, texts", text.Message);
        Assert.Equal($"{Train}/sample_weight", StoredSamples.RefuseOne(StoredSamples.Houses().With($"{Train}/sample_weight", "\"district\"")).Pointer);
    }

    [Fact]
    public void Inputs_and_outputs_get_their_columns_by_name_in_the_models_order()
    {
        var spec = StoredSamples.Accept(StoredSamples.Several()).Spec;
        Assert.Equal(["sizes", "place"], spec.Data.Train.Features!.ByName!.Select(input => input.Key));
        Assert.Equal(["price", "kind"], spec.Data.Train.Labels!.ByName!.Select(output => output.Key));
        Assert.Equal(
            [("train", 350L), ("validation", 100L), ("test", 50L)],
            new[] { ("train", spec.Data.Split!.Sizes(500).Train), ("validation", spec.Data.Split.Sizes(500).Validation), ("test", spec.Data.Split.Sizes(500).Test) });
        Assert.Equal((Subset.Train, Subset.Validation, Subset.Test), (spec.Data.Train.Subset, spec.Data.Validation!.Subset, spec.Data.Test!.Subset));
    }

    [Theory]
    [InlineData("features", """{"sizes": ["area", "rooms"]}""", "/features", ViolationCodes.Required)]
    [InlineData("features", """["area", "rooms"]""", "/features", ViolationCodes.ShapeConflict)]
    [InlineData("labels", """{"price": "price"}""", "/labels", ViolationCodes.Required)]
    [InlineData("labels", """{"price": "price", "kin": "kind"}""", "/labels/kin", ViolationCodes.UnknownValue)]
    [InlineData("labels", """{"price": "price", "kind": "kinds"}""", "/labels/kind", ViolationCodes.UnknownValue)]
    public void Names_that_the_model_does_not_have_are_refused_where_they_stand(string field, string value, string place, string code)
    {
        var job = StoredSamples.Several().With($"{Train}/{field}", value);
        if (field == "features")
            job.With($"{Train}/pipeline", "[]");
        var violation = StoredSamples.RefuseOne(job);
        Assert.Equal((Train + place, code), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void A_loss_of_an_output_is_checked_against_that_outputs_labels()
    {
        var few = StoredSamples.RefuseOne(StoredSamples.Several().With("/model/config/layers/4/config/units", "2"));
        Assert.Contains("houses has 3 classes", few.Message);
        var monitor = StoredSamples.RefuseOne(StoredSamples.Several().With("/fit/callbacks/0/config/monitor", "\"val_kind_los\""));
        Assert.Equal("did you mean \"val_kind_loss\"?", monitor.Hint);
    }

    [Fact]
    public void Texts_need_a_map_that_makes_numbers_of_them()
    {
        var job = StoredSamples.Job("reviews", "binary_crossentropy", """{"class_name": "Embedding", "config": {"input_dim": 1000, "output_dim": 8} }""", """{"class_name": "LSTM", "config": {"units": 8} }""", StoredSamples.Dense(1));
        var bare = StoredSamples.RefuseOne(job);
        Assert.Equal($"{Train}/features", bare.Pointer);
        Assert.Contains("TextVectorization", bare.Hint);
        var mapped = StoredSamples.Accept(job.With($"{Train}/pipeline", """
            [{"map": {"class_name": "TextVectorization", "config": {"max_tokens": 1000, "output_sequence_length": 20}}}, {"cache": {}}, {"shuffle": {"buffer_size": 1000}}]
            """));
        Assert.Equal(new Shape(null, 20), mapped.Model.InputShape);
        var ragged = StoredSamples.RefuseOne(job.With($"{Train}/pipeline", """[{"map": {"class_name": "TextVectorization", "config": {"max_tokens": 1000}}}, {"batch": {"batch_size": 8}}]"""));
        Assert.Equal(($"{Train}/pipeline/1", ViolationCodes.ShapeConflict), (ragged.Pointer, ragged.Code));
        Assert.Contains("output_sequence_length", ragged.Hint);
        Assert.Equal(new Shape(null, null), StoredSamples.Accept(job.With($"{Train}/pipeline", """[{"batch": {"batch_size": 8}}, {"map": {"class_name": "TextVectorization", "config": {"max_tokens": 1000}}}]""")).Model.InputShape);
    }

    [Fact]
    public void A_vocabulary_that_is_learned_needs_a_size_where_the_rows_depend_on_it()
    {
        var job = StoredSamples.Job("reviews", "binary_crossentropy", StoredSamples.Dense(1));
        var open = StoredSamples.RefuseOne(job.With($"{Train}/pipeline", """[{"map": {"class_name": "TextVectorization", "config": {"output_mode": "multi_hot"}}}]"""));
        Assert.Equal($"{Train}/pipeline/0/map/config/max_tokens", open.Pointer);
        var unpadded = StoredSamples.RefuseOne(job.With($"{Train}/pipeline", """[{"map": {"class_name": "TextVectorization", "config": {"output_mode": "multi_hot", "max_tokens": 100}}}]"""));
        Assert.Equal($"{Train}/pipeline/0/map/config/pad_to_max_tokens", unpadded.Pointer);
        var padded = StoredSamples.Accept(job.With($"{Train}/pipeline", """[{"map": {"class_name": "TextVectorization", "config": {"output_mode": "multi_hot", "max_tokens": 100, "pad_to_max_tokens": true}}}]"""));
        Assert.Equal(new Shape(null, 100), padded.Model.InputShape);
    }

    [Fact]
    public void What_adapts_learns_from_training_rows_alone()
    {
        var normalized = StoredSamples.Houses().With($"{Train}/pipeline", """[{"map": {"class_name": "Normalization", "config": {}}}]""").With("/data/validation", """{"dataset": "houses", "split": "test"}""");
        var data = StoredSamples.Accept(normalized).Spec.Data;
        Assert.Equal("normalization", data.Train.Pipeline!.OfType<Map>().Single().Layer!.Name);
        Assert.Equal("normalization", data.Validation!.Pipeline!.OfType<Map>().Single().Layer!.Name);
        var own = StoredSamples.RefuseOne(normalized.With("/data/validation/pipeline", """[{"map": {"class_name": "Normalization", "config": {}}}]"""));
        Assert.Equal(("/data/validation/pipeline/0/map", ViolationCodes.UnsupportedValue), (own.Pointer, own.Code));
        Assert.Contains("adapted to the training rows alone", own.Message);
        normalized.With($"{Train}/pipeline/0/map/config/name", "\"sizes\"").With("/data/validation/pipeline/0/map/config/name", "\"sizes\"");
        Assert.Equal("sizes", StoredSamples.Accept(normalized).Spec.Data.Validation!.Pipeline!.OfType<Map>().Single().Layer!.Name);
    }

    [Fact]
    public void Pictures_of_different_sizes_need_one_size_before_they_make_a_batch()
    {
        var job = StoredSamples.Job("flowers", "sparse_categorical_crossentropy", """{"class_name": "Flatten", "config": {} }""", StoredSamples.Dense(5));
        var violation = StoredSamples.RefuseOne(job.With($"{Train}/pipeline", """[{"batch": {"batch_size": 8}}]"""));
        Assert.Equal($"{Train}/pipeline/0", violation.Pointer);
        Assert.Equal("try a Resizing in front of it", violation.Hint);
        var resized = StoredSamples.Accept(job.With($"{Train}/pipeline", """[{"map": {"class_name": "Resizing", "config": {"height": 32, "width": 32}}}, {"map": {"class_name": "RandomFlip", "config": {}}}, {"batch": {"batch_size": 8}}]"""));
        Assert.Equal(new Shape(null, 32, 32, 3), resized.Model.InputShape);
    }

    [Fact]
    public void Mapped_rows_take_no_memory_of_their_own()
    {
        var memory = StoredSamples.Accept(StoredSamples.Houses()).Memory;
        // The order of the rows, and two batches of two floats.
        Assert.Equal((500 * 16) + (2 * 32 * 2 * 4), memory.DataBytes);
        var cached = StoredSamples.Accept(StoredSamples.Houses().With($"{Train}/pipeline", """[{"map": {"class_name": "Rescaling", "config": {"scale": 2}}}, {"cache": {}}]""")).Memory;
        Assert.Equal(memory.DataBytes + (500 * 2 * 4), cached.DataBytes);
        Assert.Equal(memory.DataBytes, StoredSamples.Accept(StoredSamples.Houses().With($"{Train}/pipeline", """[{"map": {"class_name": "Rescaling", "config": {"scale": 2}}}, {"cache": {"filename": "rows"}}]""")).Memory.DataBytes);
    }

    [Fact]
    public void Several_sources_are_taken_in_turns_when_their_columns_are_alike()
    {
        var job = StoredSamples.Houses().Without($"{Train}/dataset").With($"{Train}/interleave", """[{"dataset": "houses@1"}, {"dataset": "houses@1", "split": "test"}]""").With($"{Train}/block_length", "4");
        Assert.Equal(new Shuffle(440), StoredSamples.Accept(job).Spec.Data.Train.Pipeline![0]);
        var other = StoredSamples.RefuseOne(job.With($"{Train}/interleave/1/dataset", "\"houses@2\""));
        Assert.Equal(($"{Train}/interleave/1", ViolationCodes.ShapeConflict), (other.Pointer, other.Code));
        Assert.Equal($"{Train}/interleave/1/dataset", StoredSamples.RefuseOne(job.With($"{Train}/interleave/1/dataset", "\"house\"")).Pointer);
        Assert.Equal($"{Train}/dataset", StoredSamples.RefuseOne(StoredSamples.Houses().Without($"{Train}/dataset")).Pointer);
        Assert.Equal($"{Train}/cycle_length", StoredSamples.RefuseOne(StoredSamples.Houses().With($"{Train}/cycle_length", "2")).Pointer);
    }

    [Fact]
    public void A_resolved_spec_over_stored_data_resolves_to_itself()
    {
        foreach (var job in new[] { StoredSamples.Several(), StoredSamples.Houses().With("/data/split", """{"method": "k_fold", "folds": 4, "fold": 2}""") })
        {
            var first = JsonSerializer.Serialize(StoredSamples.Accept(job).Spec, ContractsJson.Options);
            Assert.Equal(first, JsonSerializer.Serialize(StoredSamples.Accept(Samples.Parse(first)).Spec, ContractsJson.Options));
            Assert.Equal(first, JsonSerializer.Serialize(JsonSerializer.Deserialize<JobSpec>(first, ContractsJson.Options), ContractsJson.Options));
        }
    }
}
