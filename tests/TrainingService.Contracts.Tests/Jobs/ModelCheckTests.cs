using System.Text.Json.Nodes;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class ModelCheckTests
{
    private const string Layers = "/model/config/layers";

    private static JsonObject WithLayers(string layers) => Samples.Regression().With(Layers, layers);

    private static string Dense(int units, string more = "") => $$"""{"class_name": "Dense", "config": {"units": {{units}}{{more}} } }""";

    [Fact]
    public void A_shape_conflict_between_layers_points_at_the_layer_that_cannot_take_what_comes()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With($"{Layers}/4/config/pool_size", "[12, 12]"));
        Assert.Equal(($"{Layers}/4", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Contains("max_pooling2d_1 (MaxPooling2D): expected an input of at least 12", violation.Message);
    }

    [Fact]
    public void A_shape_conflict_that_one_field_makes_points_at_the_field()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With($"{Layers}/3/config/groups", "3"));
        Assert.Equal($"{Layers}/3/config/groups", violation.Pointer);
    }

    [Fact]
    public void A_two_dimensional_layer_on_rows_without_channels_is_refused()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn()
            .Without($"{Layers}/0").Without("/model/config/build_input_shape").Without("/data/train/pipeline/1"));
        Assert.Equal($"{Layers}/0", violation.Pointer);
        Assert.Contains("expected 4 axes (batch, height, width, channels). Received: (None, 28, 28).", violation.Message);
    }

    [Fact]
    public void The_model_s_input_must_be_what_the_pipeline_gives()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().Without("/data/train/pipeline/1").With($"{Layers}/0/config/batch_shape", "[null, 784]"));
        Assert.Equal(($"{Layers}/0/config/batch_shape", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Contains("(None, 784)", violation.Message);
        Assert.Contains("(None, 28, 28)", violation.Message);
        Assert.Contains("\"target_shape\": [784]", violation.Hint);
        var built = Samples.RefuseOne(Samples.Regression().With("/model/config/build_input_shape", "[null, 9]"));
        Assert.Equal("/model/config/build_input_shape", built.Pointer);
    }

    [Fact]
    public void A_last_axis_of_one_may_be_missing_as_in_Keras() =>
        Assert.Equal(225_034, Samples.Accept(Samples.MnistCnn().Without("/data/train/pipeline/1")).Model.TotalParams);

    [Fact]
    public void A_fixed_batch_axis_is_refused() =>
        Assert.Equal(ViolationCodes.UnsupportedValue, Samples.RefuseOne(Samples.MnistCnn().With($"{Layers}/0/config/batch_shape", "[32, 28, 28, 1]")).Code);

    [Fact]
    public void Without_an_input_layer_the_rows_say_the_input_shape()
    {
        var submission = Samples.Accept(Samples.Regression());
        Assert.Equal(new Shape(null, 8), submission.Model.InputShape);
        Assert.Equal(new Shape(null, 8), ((Sequential)submission.Spec.Model).BuildInputShape);
    }

    [Fact]
    public void An_input_layer_with_open_sizes_takes_those_of_the_rows()
    {
        var submission = Samples.Accept(Samples.MnistCnn().With($"{Layers}/0/config/batch_shape", "[null, null, null, 1]"));
        Assert.Equal(225_034, submission.Model.TotalParams);
    }

    [Fact]
    public void Layers_without_a_name_get_Keras_s()
    {
        var submission = Samples.Accept(WithLayers(
            $$"""[{{Dense(4)}}, {{Dense(4, ", \"name\": \"dense_1\"")}}, {"class_name": "BatchNormalization", "config": {} }, {{Dense(4)}}, {{Dense(1)}}]"""));
        Assert.Equal(["dense", "dense_1", "batch_normalization", "dense_2", "dense_3"], submission.Model.Layers.Select(layer => layer.Name));
        Assert.Equal("sequential", submission.Model.Name);
    }

    [Fact]
    public void Two_layers_of_one_name_are_refused()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With($"{Layers}/3/config/name", "\"conv2d\""));
        Assert.Equal(($"{Layers}/3/config/name", ViolationCodes.DuplicateName), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void An_input_layer_stands_first_only()
    {
        var violation = Samples.RefuseOne(WithLayers($$"""[{{Dense(4)}}, {"class_name": "InputLayer", "config": {"batch_shape": [null, 4]} }, {{Dense(1)}}]"""));
        Assert.Equal($"{Layers}/1", violation.Pointer);
    }

    [Fact]
    public void A_model_without_layers_or_without_trainable_weights_is_refused()
    {
        Assert.Equal(Layers, Samples.RefuseOne(WithLayers("[]")).Pointer);
        Assert.Equal(ViolationCodes.NothingToTrain, Samples.RefuseOne(WithLayers($"[{Dense(1, ", \"trainable\": false")}]")).Code);
        Assert.Equal(ViolationCodes.NothingToTrain, Samples.RefuseOne(Samples.Regression().With("/model/config/trainable", "false")).Code);
    }

    [Fact]
    public void Layers_in_front_of_one_that_cannot_be_read_are_still_checked_and_those_behind_are_not()
    {
        var violations = Samples.Refuse(Samples.MnistCnn()
            .With($"{Layers}/2/config/pool_size", "[30, 30]").With($"{Layers}/5/class_name", "\"Flaten\"").With($"{Layers}/6/config/units", "0"));
        Assert.Equal(
            [$"{Layers}/2", $"{Layers}/5/class_name", $"{Layers}/6/config/units"], violations.Select(violation => violation.Pointer));
        Assert.Equal("did you mean \"Flatten\"?", violations[1].Hint);
    }
}
