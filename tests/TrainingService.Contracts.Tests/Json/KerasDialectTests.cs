using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Json;

public sealed class KerasDialectTests
{
    private static T Read<T>(string json)
        where T : class
    {
        var value = ContractsJson.TryRead<T>(Samples.Raw(json), out var violations);
        Assert.Empty(violations);
        return value!;
    }

    private static Violation Refuse<T>(string json)
        where T : class
    {
        Assert.Null(ContractsJson.TryRead<T>(Samples.Raw(json), out var violations));
        return Assert.Single(violations);
    }

    private static Dense Dense(string fields) => (Dense)Read<LayerSpec>($$"""{"class_name": "Dense", "config": {"units": 3, {{fields}} } }""");

    [Theory]
    [InlineData("\"adam\"", typeof(Adam))]
    [InlineData("\"Adam\"", typeof(Adam))]
    [InlineData("\"sgd\"", typeof(Sgd))]
    [InlineData("""{"class_name": "SGD", "config": {}}""", typeof(Sgd))]
    [InlineData("""{"class_name": "Adam"}""", typeof(Adam))]
    public void Optimizers_are_read_by_short_name_and_as_objects(string json, Type record) => Assert.IsType(record, Read<OptimizerSpec>(json));

    [Theory]
    [InlineData("\"mse\"", typeof(MeanSquaredError))]
    [InlineData("\"mean_squared_error\"", typeof(MeanSquaredError))]
    [InlineData("\"bce\"", typeof(BinaryCrossentropy))]
    [InlineData("\"sparse_categorical_crossentropy\"", typeof(SparseCategoricalCrossentropy))]
    [InlineData("""{"module": "builtins", "class_name": "function", "config": "categorical_crossentropy", "registered_name": "function"}""", typeof(CategoricalCrossentropy))]
    [InlineData("""{"class_name": "BinaryCrossentropy", "config": {"reduction": "auto", "axis": -1, "fn": "binary_crossentropy", "name": "b"}}""", typeof(BinaryCrossentropy))]
    public void Losses_are_read_in_every_form(string json, Type record) => Assert.IsType(record, Read<LossSpec>(json));

    [Theory]
    [InlineData("\"accuracy\"", typeof(AccuracyByShape), "accuracy")]
    [InlineData("\"acc\"", typeof(AccuracyByShape), "acc")]
    [InlineData("\"mae\"", typeof(MeanAbsoluteErrorMetric), "mae")]
    [InlineData("\"sparse_categorical_accuracy\"", typeof(SparseCategoricalAccuracy), "sparse_categorical_accuracy")]
    [InlineData("""{"class_name": "Accuracy", "config": {"name": "same", "dtype": "float32"}}""", typeof(Accuracy), "same")]
    public void A_metric_keeps_the_name_under_which_it_was_asked_for(string json, Type record, string name)
    {
        var metric = Read<MetricSpec>(json);
        Assert.IsType(record, metric);
        Assert.Equal(name, metric.Name);
    }

    [Theory]
    [InlineData("\"activation\": \"relu\"", Activation.Relu)]
    [InlineData("\"activation\": \"swish\"", Activation.Silu)]
    [InlineData("\"activation\": null", Activation.Linear)]
    [InlineData("\"activation\": {\"module\": \"builtins\", \"class_name\": \"function\", \"config\": \"relu\", \"registered_name\": \"function\"}", Activation.Relu)]
    public void An_activation_is_a_word_or_null_or_a_function(string field, Activation expected) => Assert.Equal(expected, Dense(field).Activation);

    [Theory]
    [InlineData("\"dtype\": \"float32\"")]
    [InlineData("\"dtype\": {\"module\": \"keras\", \"class_name\": \"DTypePolicy\", \"config\": {\"name\": \"float32\"}, \"registered_name\": null}")]
    public void A_dtype_is_a_word_or_a_policy(string field) => Assert.Equal("float32", Dense(field).Dtype);

    [Fact]
    public void Keras_s_dtypes_and_policies_are_read_and_others_refused()
    {
        Assert.Equal("mixed_bfloat16", Dense("\"dtype\": {\"class_name\": \"DTypePolicy\", \"config\": {\"name\": \"mixed_bfloat16\"} }").Dtype);
        Assert.Equal(
            ("/config/dtype", ViolationCodes.UnsupportedValue), Place(Refuse<LayerSpec>("""{"class_name": "Flatten", "config": {"dtype": "float8"}}""")));
        Assert.Equal(
            ("/config/dtype/config/name", ViolationCodes.UnsupportedValue),
            Place(Refuse<LayerSpec>("""{"class_name": "Flatten", "config": {"dtype": {"class_name": "DTypePolicy", "config": {"name": "int8_from_float32"}}}}""")));
    }

    [Fact]
    public void An_initializer_is_a_word_or_an_object()
    {
        Assert.IsType<HeNormal>(Dense("\"kernel_initializer\": \"he_normal\"").KernelInitializer);
        Assert.IsType<Zeros>(Dense("\"kernel_initializer\": \"zeros\"").KernelInitializer);
        Assert.IsType<RandomUniform>(Dense("\"kernel_initializer\": \"uniform\"").KernelInitializer);
        Assert.IsType<GlorotUniform>(Dense("\"bias_initializer\": null").BiasInitializer);
        var scaling = Dense("""
            "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": null}}
            """).KernelInitializer;
        Assert.Equal(new VarianceScaling(1, FanMode.FanAvg, ScalingDistribution.Uniform), scaling);
    }

    [Fact]
    public void A_window_is_one_number_or_a_pair()
    {
        Assert.Equal<Sizes>([3, 3], ((Conv2D)Read<LayerSpec>("""{"class_name": "Conv2D", "config": {"filters": 1, "kernel_size": 3}}""")).KernelSize);
        Assert.Equal<Sizes>([3, 5], ((Conv2D)Read<LayerSpec>("""{"class_name": "Convolution2D", "config": {"filters": 1, "kernel_size": [3, 5]}}""")).KernelSize);
    }

    [Fact]
    public void What_only_Python_needs_stands_beside_class_name_and_config()
    {
        Read<LayerSpec>("""
            {"module": "keras.layers", "registered_name": null, "build_config": {"input_shape": [null, 3]}, "compile_config": {"x": 1}, "shared_object_id": 3,
             "class_name": "Flatten", "config": {}}
            """);
        var unknown = Refuse<LayerSpec>("""{"class_name": "Flatten", "config": {}, "inbound_nodes": []}""");
        Assert.Equal(("/inbound_nodes", ViolationCodes.UnknownField), Place(unknown));
    }

    [Fact]
    public void A_custom_class_under_a_known_name_is_refused() => Assert.Equal(
        ("/registered_name", ViolationCodes.UnknownClass),
        Place(Refuse<LayerSpec>("""{"module": "mine", "class_name": "Flatten", "config": {}, "registered_name": "mine>Flatten"}""")));

    [Fact]
    public void Layers_models_and_callbacks_have_no_short_names()
    {
        Assert.Equal(("", ViolationCodes.WrongType), Place(Refuse<LayerSpec>("\"flatten\"")));
        var text = Refuse<ModelSpec>("\"{\\\"class_name\\\": \\\"Sequential\\\"}\"");
        Assert.Equal(ViolationCodes.WrongType, text.Code);
        Assert.Contains("json.loads", text.Hint);
    }

    [Fact]
    public void Keras_2_writes_the_input_shape_into_the_first_layer()
    {
        const string Layers = """[{"class_name": "Dense", "config": {"units": 2, "batch_input_shape": [null, 8]}}, {"class_name": "Dense", "config": {"units": 1}}]""";
        var named = (Sequential)Read<ModelSpec>($$"""{"class_name": "Sequential", "config": {"name": "s", "layers": {{Layers}}}, "keras_version": "2.2.4", "backend": "tensorflow"}""");
        Assert.Equal(new Shape(null, 8), named.BuildInputShape);
        var bare = (Sequential)Read<ModelSpec>($$"""{"class_name": "Sequential", "config": {{Layers}}}""");
        Assert.Equal(new Shape(null, 8), bare.BuildInputShape);
        Assert.Equal(2, bare.Layers.Count);
    }

    [Fact]
    public void Pointers_into_a_bare_list_of_layers_are_those_of_the_document()
    {
        var violation = Refuse<ModelSpec>("""{"class_name": "Sequential", "config": [{"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"units": 0}}]}""");
        Assert.Equal("/config/1/config/units", violation.Pointer);
    }

    private static (string Pointer, string Code) Place(Violation violation) => (violation.Pointer, violation.Code);
}
