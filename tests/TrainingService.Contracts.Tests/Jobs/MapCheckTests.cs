using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

/// <summary>Which layers prepare data, and what of them validation inherits.</summary>
public sealed class MapCheckTests
{
    private const string Pipeline = "/data/train/pipeline";

    [Theory]
    [InlineData("MixUp", "{}", "mixes labels")]
    [InlineData("CutMix", "{}", "mixes labels")]
    [InlineData("HashedCrossing", """{"num_bins": 3}""", "several columns")]
    [InlineData("Dense", """{"units": 3}""", "preprocessing layer")]
    [InlineData("Pipeline", """{"layers": [{"class_name": "Dense", "config": {"units": 3}}]}""", "preprocessing layer")]
    public void A_layer_that_cannot_prepare_features_is_refused_with_the_reason(string layer, string config, string why)
    {
        var violation = Samples.RefuseOne(Samples.Regression().With(Pipeline, $$"""[{"map": {"class_name": "{{layer}}", "config": {{config}} } }]"""));
        Assert.Equal(($"{Pipeline}/0/map", ViolationCodes.UnsupportedValue), (violation.Pointer, violation.Code));
        Assert.Contains(why, violation.Message);
    }

    [Theory]
    [InlineData("StringLookup", """{"vocabulary": ["a"]}""", "takes texts")]
    [InlineData("TextVectorization", "{}", "takes texts")]
    [InlineData("IntegerLookup", "{}", "whole numbers, which cast makes")]
    public void A_layer_of_other_values_than_the_rows_have_is_refused_with_the_reason(string layer, string config, string why)
    {
        var violation = Samples.RefuseOne(Samples.Regression().With(Pipeline, $$"""[{"map": {"class_name": "{{layer}}", "config": {{config}} } }]"""));
        Assert.Equal(($"{Pipeline}/0/map", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Contains(why, violation.Message);
    }

    [Theory]
    [InlineData("Normalization", "{}")]
    [InlineData("Discretization", """{"num_bins": 3}""")]
    [InlineData("Normalization", """{"mean": 1, "variance": 4}""")]
    [InlineData("Normalization", """{"axis": null, "mean": 1, "variance": 4}""")]
    [InlineData("Discretization", """{"bin_boundaries": [0, 1], "output_mode": "int"}""")]
    public void Rows_of_numbers_are_prepared(string layer, string config) =>
        Samples.Accept(Samples.Regression().With(Pipeline, $$"""[{"map": {"class_name": "{{layer}}", "config": {{config}} } }]"""));

    [Fact]
    public void Validation_inherits_preparation_and_no_augmentation()
    {
        var job = Samples.MnistCnn().With(Pipeline, """
            [{"map": {"class_name": "Reshape", "config": {"target_shape": [28, 28, 1]}}}, {"map": {"class_name": "RandomFlip", "config": {"mode": "horizontal"}}},
             {"map": {"class_name": "Pipeline", "config": {"layers": [{"class_name": "RandomRotation", "config": {"factor": 0.1}}, {"class_name": "Rescaling", "config": {"scale": 0.1}}]}}},
             {"map": {"class_name": "Pipeline", "config": {"layers": [{"class_name": "RandomZoom", "config": {"height_factor": 0.1}}]}}},
             {"batch": {"batch_size": 32}}]
            """);
        var data = Samples.Accept(job).Spec.Data;
        Assert.Equal(["Reshape", "RandomFlip", "LayerPipeline", "LayerPipeline"], Layers(data.Train));
        Assert.Equal(["Reshape", "LayerPipeline"], Layers(data.Validation));
        var inner = data.Validation!.Pipeline!.OfType<Map>().Select(map => map.Layer).OfType<Contracts.Layers.LayerPipeline>().Single();
        Assert.Equal("Rescaling", Assert.Single(inner.Layers).GetType().Name);
    }

    [Fact]
    public void A_crop_that_only_training_does_needs_a_pipeline_of_its_own_for_validation()
    {
        var violations = Samples.Refuse(Samples.MnistCnn().With(Pipeline, """
            [{"map": {"class_name": "Reshape", "config": {"target_shape": [28, 28, 1]}}}, {"map": {"class_name": "RandomCrop", "config": {"height": 24, "width": 24}}}]
            """));
        Assert.Contains(violations, violation => violation.Pointer == "/data/validation" && violation.Code == ViolationCodes.ShapeConflict);
    }

    [Theory]
    [InlineData("""{"class_name": "TextVectorization", "config": {"vocabulary": ["a"], "split": null}}""")]
    [InlineData("""{"class_name": "Sequential", "config": {"layers": [{"class_name": "StringLookup", "config": {"vocabulary": ["a"]}}]}}""")]
    public void A_layer_of_texts_is_no_layer_of_a_model(string layer)
    {
        var job = Samples.Regression().With("/model/config/layers", $$"""[{{layer}}, {"class_name": "Dense", "config": {"units": 1} }]""");
        Assert.Contains(Samples.Refuse(job), violation => violation.Code == ViolationCodes.UnsupportedValue && violation.Message.Contains("texts"));
    }

    [Theory]
    [InlineData("RandomRotation", "factor", "[0.1, 0.2, 0.3]")]
    [InlineData("RandomRotation", "factor", "1.5")]
    [InlineData("RandomRotation", "factor", "null")]
    [InlineData("RandomRotation", "fill_mode", "\"mirror\"")]
    [InlineData("RandomContrast", "factor", "-0.5")]
    [InlineData("RandomShear", "x_factor", "[-0.1, 0.2]")]
    [InlineData("RandomZoom", "height_factor", "-1")]
    [InlineData("RandomPosterization", "factor", "9")]
    [InlineData("RandomPosterization", "factor", "[1.5, 3]")]
    [InlineData("RandomGaussianBlur", "kernel_size", "4")]
    [InlineData("RandomGaussianBlur", "kernel_size", "[3, 3, 3]")]
    [InlineData("RandomErasing", "fill_value", "[1, 2]")]
    [InlineData("RandomBrightness", "value_range", "255")]
    [InlineData("RandomBrightness", "value_range", "[0, 1, 2]")]
    [InlineData("Solarization", "addition_factor", "2")]
    [InlineData("Resizing", "fill_mode", "\"reflect\"")]
    [InlineData("Resizing", "interpolation", "\"gaussian\"")]
    [InlineData("RandomFlip", "bounding_box_format", "\"xyzw\"")]
    public void A_field_of_an_image_layer_that_Keras_refuses_is_refused(string layer, string field, string value)
    {
        var required = layer switch
        {
            "RandomRotation" or "RandomContrast" or "RandomPosterization" or "RandomBrightness" => "\"factor\": 1,",
            "RandomZoom" => "\"height_factor\": 0.5,",
            "Resizing" => "\"height\": 3, \"width\": 3,",
            _ => "",
        };
        if (required.StartsWith($"\"{field}\"", StringComparison.Ordinal))
            required = "";
        var json = $$"""{"class_name": "{{layer}}", "config": { {{required}} "{{field}}": {{value}} } }""";
        Assert.Null(ContractsJson.TryRead<Contracts.Layers.LayerSpec>(Samples.Raw(json), out var violations));
        Assert.All(violations, violation => Assert.StartsWith($"/config/{field}", violation.Pointer));
        Assert.NotEmpty(violations);
    }

    private static IEnumerable<string> Layers(DataSource? source) => source!.Pipeline!.OfType<Map>().Select(map => map.Layer!.GetType().Name);
}
