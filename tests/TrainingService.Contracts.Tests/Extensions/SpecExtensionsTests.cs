using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Samples.CustomLayers;

namespace TrainingService.Contracts.Tests.Extensions;

/// <summary>The sample's layer and model, as an operator adds them.</summary>
public sealed class SpecExtensionsTests
{
    private const string Layer = """{"module": "sample", "class_name": "ScaledResidual", "config": {"name": "r", "units": 16, "activation": "silu"}, "registered_name": "sample>ScaledResidual"}""";

    private static readonly string SampleAssembly = typeof(ScaledResidual).Assembly.Location;

    static SpecExtensionsTests() => SpecExtensions.Load([SampleAssembly]);

    [Theory]
    [InlineData(Layer)]
    [InlineData("""{"class_name": "sample>ScaledResidual", "config": {"name": "r", "trainable": true, "dtype": "float32", "units": 16, "activation": "silu"}}""")]
    public void A_registered_layer_is_read_in_Keras_3_and_Keras_2_form(string json) =>
        Assert.Equal(new ScaledResidual(16, Activation.Silu) { Name = "r" }, ContractsJson.TryRead<LayerSpec>(Samples.Raw(json), out _));

    [Fact]
    public void What_is_written_is_read_again()
    {
        LayerSpec[] layers = [new ScaledResidual(3) { ScaleInitializer = new Constant(0.5), Trainable = false }, new ResidualClassifier(4, Units: 5, Blocks: 1)];
        foreach (var layer in layers)
        {
            var json = JsonSerializer.SerializeToElement(layer, ContractsJson.Options);
            Assert.Equal($"sample>{layer.GetType().Name}", json.GetProperty("registered_name").GetString());
            Assert.Equal(layer, ContractsJson.TryRead<LayerSpec>(json, out _));
        }
    }

    [Theory]
    [InlineData("""{"units": 0}""", "/config/units", ViolationCodes.OutOfRange)]
    [InlineData("""{"units": "many"}""", "/config/units", ViolationCodes.WrongType)]
    [InlineData("""{}""", "/config/units", ViolationCodes.Required)]
    [InlineData("""{"units": 2, "scale": 3}""", "/config/scale", ViolationCodes.UnknownField)]
    public void A_bad_config_is_refused_where_it_stands(string config, string pointer, string code)
    {
        var json = new JsonObject { ["class_name"] = "ScaledResidual", ["registered_name"] = "sample>ScaledResidual", ["config"] = JsonNode.Parse(config) };
        Assert.Null(ContractsJson.TryRead<LayerSpec>(Samples.Element(json), out var violations));
        var violation = Assert.Single(violations);
        Assert.Equal((pointer, code), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void The_dry_run_knows_its_shapes_and_weights()
    {
        var walk = ModelWalk.Through(new Sequential([new Dense(8), new ScaledResidual(3)]), new Shape(null, 4));
        Assert.Equal(new Shape(null, 8), walk.Output);
        Assert.Equal(["scale", "down/kernel", "down/bias", "up/kernel", "up/bias"], walk.Steps[1].Weights.Select(weight => weight.Name));
        Assert.Equal(4 * 8 + 8 + 8 + 8 * 3 + 3 + 3 * 8 + 8, walk.Summary().TotalParams);
        Assert.Throws<LayerException>(() => ModelWalk.Through(new Sequential([new ScaledResidual(3)]), new Shape(null, null)));
    }

    [Fact]
    public void A_subclassed_model_is_a_model_by_itself_and_a_layer_of_another_one()
    {
        var model = new ResidualClassifier(10, Units: 6, Blocks: 2);
        long stem = 12 * 6 + 6, block = 6 + 2 * (6 * 6 + 6), head = 6 * 10 + 10;
        Assert.Equal(model, ContractsJson.TryRead<ModelSpec>(JsonSerializer.SerializeToElement<ModelSpec>(model, ContractsJson.Options), out _));

        var alone = ModelWalk.Through(model, new Shape(null, 3, 4));
        Assert.Equal((new Shape(null, 10), stem + 2 * block + head), (alone.Output, alone.Summary().TotalParams));
        var inside = ModelWalk.Through(new Sequential([model, new Dense(1)]), new Shape(null, 3, 4));
        Assert.Equal((new Shape(null, 1), stem + 2 * block + head + 11), (inside.Output, inside.Summary().TotalParams));
    }

    [Fact]
    public void A_job_that_names_it_is_accepted()
    {
        var job = Samples.MnistCnn();
        job["model"] = Samples.Parse("""{"class_name": "ResidualClassifier", "config": {"classes": 10}, "registered_name": "sample>ResidualClassifier"}""");
        Assert.Equal(new Shape(null, 10), ModelWalk.Through(Samples.Accept(job).Spec.Model, new Shape(null, 28, 28, 1)).Output);
    }

    [Fact]
    public void A_class_that_nobody_registered_is_refused_by_its_name()
    {
        Assert.Null(ContractsJson.TryRead<LayerSpec>(Samples.Raw(Layer.Replace("sample>", "other>", StringComparison.Ordinal)), out var violations));
        var violation = Assert.Single(violations);
        Assert.Equal(("/registered_name", ViolationCodes.UnknownClass), (violation.Pointer, violation.Code));
        Assert.Contains("other>ScaledResidual", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_assembly_is_named_in_one_sentence()
    {
        var text = Path.Combine(AppContext.BaseDirectory, "Examples", "mnist-cnn.json");
        var missing = Path.Combine(AppContext.BaseDirectory, "nothing.dll");
        Says([missing], "Extensions:Specs", missing, "does not exist");
        Says([text], "Extensions:Specs", text, "expected a .NET assembly");
        Says([typeof(Dense).Assembly.Location], "Extensions:Specs", "[RegisteredLayer]", "none");
        SpecExtensions.Load([SampleAssembly]); // the same once more is the same
    }

    [Fact]
    public void A_name_belongs_to_one_record_and_a_record_has_one_name()
    {
        Says(() => SpecExtensions.Register("sample>ScaledResidual", typeof(OtherLayer)), "sample>ScaledResidual", nameof(OtherLayer));
        Says(() => SpecExtensions.Register("sample>Again", typeof(ScaledResidual)), "sample>Again", "sample>ScaledResidual");
        Says(() => SpecExtensions.Register("sample", typeof(OtherLayer)), "package>Name", nameof(OtherLayer));
        Says(() => SpecExtensions.Register("sample>Text", typeof(string)), "LayerSpec", "System.String");
    }

    private static void Says(string[] paths, params string[] words) => Says(() => SpecExtensions.Load(paths), words);

    private static void Says(Action load, params string[] words)
    {
        var message = Assert.Throws<ExtensionException>(load).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    private sealed record OtherLayer : LayerSpec;
}
