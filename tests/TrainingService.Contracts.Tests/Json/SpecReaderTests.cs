using System.Text;
using System.Text.Json;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Optimizers;

namespace TrainingService.Contracts.Tests.Json;

public sealed class SpecReaderTests
{
    private static Violation LayerViolation(string className, string config) => ViolationIn<LayerSpec>($$"""{"class_name": "{{className}}", "config": {{config}}}""");

    private static Violation ViolationIn<T>(string json)
        where T : class
    {
        Assert.Null(ContractsJson.TryRead<T>(Samples.Raw(json), out var violations));
        return Assert.Single(violations);
    }

    private static void AssertViolation(Violation violation, string pointer, string code, string message)
    {
        Assert.Equal((pointer, code), (violation.Pointer, violation.Code));
        Assert.Contains(message, violation.Message);
    }

    [Fact]
    public void An_unknown_field_is_refused_and_the_near_miss_is_named()
    {
        var violation = Samples.RefuseOne(Samples.Regression().With("/compile/optimzer", "\"adam\""));
        AssertViolation(violation, "/compile/optimzer", ViolationCodes.UnknownField, "\"optimizer\"");
        Assert.Equal("did you mean \"optimizer\"?", violation.Hint);
        Assert.Null(Samples.RefuseOne(Samples.Regression().With("/compile/zzzzzzz", "1")).Hint);
    }

    [Fact]
    public void A_missing_field_is_named()
    {
        AssertViolation(LayerViolation("Dense", "{}"), "/config/units", ViolationCodes.Required, "expected a whole number. Received: no field \"units\".");
        AssertViolation(Samples.RefuseOne(Samples.Regression().Without("/compile/loss")), "/compile/loss", ViolationCodes.Required, "expected a loss");
        AssertViolation(ViolationIn<LayerSpec>("""{"class_name": "Dense"}"""), "/config", ViolationCodes.Required, "a config with \"units\"");
    }

    [Theory]
    [InlineData("{\"units\": \"8\"}", "expected a whole number. Received: \"8\".")]
    [InlineData("{\"units\": true}", "expected a whole number. Received: true.")]
    [InlineData("{\"units\": [8]}", "expected a whole number. Received: an array.")]
    [InlineData("{\"units\": {}}", "expected a whole number. Received: an object.")]
    [InlineData("{\"units\": 8, \"use_bias\": 1}", "expected true or false. Received: 1.")]
    [InlineData("{\"units\": 8, \"name\": 1}", "expected a text. Received: 1.")]
    [InlineData("{\"units\": 8, \"dtype\": 32}", "expected a dtype such as \"float32\"")]
    [InlineData("{\"units\": 8, \"activation\": 1}", "expected one of \"linear\"")]
    [InlineData("[8]", "expected an object. Received: an array.")]
    public void Another_json_type_is_refused(string config, string message) => AssertViolation(
        LayerViolation("Dense", config),
        config.StartsWith('[') ? "/config" : "/config/" + JsonElement.Parse(config).EnumerateObject().Last().Name, ViolationCodes.WrongType, message);

    [Theory]
    [InlineData("0", ViolationCodes.OutOfRange, "expected 1 to 2147483647. Received: 0.")]
    [InlineData("-1", ViolationCodes.OutOfRange, "Received: -1.")]
    [InlineData("2147483648", ViolationCodes.OutOfRange, "Received: 2147483648.")]
    [InlineData("9223372036854775808", ViolationCodes.OutOfRange, "Received: 9223372036854775808.")]
    [InlineData("1.5", ViolationCodes.NotAnInteger, "Received: 1.5.")]
    [InlineData("1.0", ViolationCodes.NotAnInteger, "Received: 1.0.")]
    [InlineData("1e2", ViolationCodes.NotAnInteger, "Received: 1e2.")]
    [InlineData("null", ViolationCodes.NullNotAllowed, "Received: null.")]
    public void A_whole_number_is_neither_rounded_nor_cut(string units, string code, string message) =>
        AssertViolation(LayerViolation("Dense", $$"""{"units": {{units}}}"""), "/config/units", code, message);

    [Theory]
    [InlineData("1e999", ViolationCodes.NotFinite)]
    [InlineData("-1e999", ViolationCodes.NotFinite)]
    [InlineData("1e39", ViolationCodes.NotFinite)]
    [InlineData("1e-400", ViolationCodes.OutOfRange)]
    [InlineData("\"NaN\"", ViolationCodes.WrongType)]
    public void A_number_that_float_cannot_hold_is_refused(string scale, string code) =>
        AssertViolation(LayerViolation("Rescaling", $$"""{"scale": {{scale}}}"""), "/config/scale", code, "expected");

    [Theory, InlineData("0"), InlineData("0.0"), InlineData("0e10"), InlineData("-0.0"), InlineData("1"), InlineData("1e-30")]
    public void A_number_that_float_can_hold_is_read(string scale)
    {
        var layer = ContractsJson.TryRead<LayerSpec>(Samples.Raw($$"""{"class_name": "Rescaling", "config": {"scale": {{scale}} } }"""), out _);
        Assert.Equal(double.Parse(scale), Assert.IsType<Rescaling>(layer).Scale);
    }

    [Fact]
    public void Ranges_hold_for_numbers_and_for_every_entry_of_a_size()
    {
        AssertViolation(LayerViolation("Dropout", """{"rate": 1.5}"""), "/config/rate", ViolationCodes.OutOfRange, "expected 0 to 1. Received: 1.5.");
        AssertViolation(LayerViolation("MaxPooling2D", """{"pool_size": [2, 0]}"""), "/config/pool_size/1", ViolationCodes.OutOfRange, "expected 1 to 65536");
        AssertViolation(LayerViolation("MaxPooling2D", """{"pool_size": 0}"""), "/config/pool_size", ViolationCodes.OutOfRange, "expected 1 to 65536");
        AssertViolation(LayerViolation("MaxPooling2D", """{"pool_size": [2, 2, 2]}"""), "/config/pool_size", ViolationCodes.WrongType, "a list of 2");
        AssertViolation(
            ViolationIn<OptimizerSpec>("""{"class_name": "Adam", "config": {"learning_rate": 0}}"""), "/config/learning_rate", ViolationCodes.OutOfRange,
            "expected a number above 0, at most 1000000. Received: 0.");
    }

    [Fact]
    public void An_unknown_class_is_refused_with_the_list_and_the_near_miss()
    {
        var violation = ViolationIn<LayerSpec>("""{"class_name": "Conv4D", "config": {"filters": 3}}""");
        AssertViolation(violation, "/class_name", ViolationCodes.UnknownClass, "one of \"Sequential\", \"Functional\", \"InputLayer\", \"Dense\"");
        Assert.Equal("did you mean \"Conv1D\"?", violation.Hint);
        Assert.Equal("did you mean \"sparse_categorical_crossentropy\"?", Samples.RefuseOne(Samples.Regression().With("/compile/loss", "\"sparse_categorial_crossentropy\"")).Hint);
        AssertViolation(ViolationIn<LayerSpec>("""{"config": {}}"""), "/class_name", ViolationCodes.Required, "class name of a layer");
        AssertViolation(ViolationIn<LayerSpec>("""{"class_name": 3}"""), "/class_name", ViolationCodes.WrongType, "Received: 3");
    }

    [Fact]
    public void A_wrong_word_is_refused_with_the_words_that_are_allowed()
    {
        var violation = LayerViolation("Dense", """{"units": 3, "activation": "rellu"}""");
        AssertViolation(violation, "/config/activation", ViolationCodes.UnknownValue, "\"linear\", \"relu\", \"relu6\"");
        Assert.Equal("did you mean \"relu\"?", violation.Hint);
        AssertViolation(LayerViolation("MaxPooling2D", """{"padding": "full"}"""), "/config/padding", ViolationCodes.UnknownValue, "expected one of \"valid\", \"same\"");
    }

    [Fact]
    public void A_field_that_appears_twice_is_refused()
    {
        AssertViolation(LayerViolation("Dense", """{"units": 3, "units": 4}"""), "/config/units", ViolationCodes.DuplicateField, "once");
        AssertViolation(
            LayerViolation("InputLayer", """{"batch_shape": [null, 3], "batch_input_shape": [null, 3]}"""), "/config/batch_input_shape", ViolationCodes.DuplicateField, "once");
    }

    [Fact]
    public void Text_that_cannot_be_stored_is_refused()
    {
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/name", "\"a\\u0000b\"")), "/name", ViolationCodes.InvalidText, "NUL");
        var surrogate = Samples.Regression().With("/name", "\"half\"").ToJsonString().Replace("half", "\\ud800");
        AssertViolation(Assert.Single(Samples.Refuse(Samples.Raw(surrogate))), "/name", ViolationCodes.InvalidText, "surrogate");
        var name = Samples.Regression().With("/metadata", "{\"half\": \"x\"}").ToJsonString().Replace("half", "\\udc00");
        AssertViolation(Assert.Single(Samples.Refuse(Samples.Raw(name))), "/metadata", ViolationCodes.InvalidText, "surrogate");
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        var deep = new StringBuilder().Insert(0, "[", 200).Append(']', 200);
        using var json = JsonDocument.Parse($$"""{"model": {{deep}}}""", new JsonDocumentOptions { MaxDepth = 1_000 });
        var violation = Assert.Single(Samples.Refuse(json.RootElement));
        AssertViolation(violation, "/model" + string.Concat(Enumerable.Repeat("/0", DocumentRules.MaxDepth - 1)), ViolationCodes.TooDeep, "64");
    }

    [Fact]
    public void A_name_without_end_is_refused()
    {
        var name = new string('k', DocumentRules.LongestName + 1);
        var violation = Assert.Single(Samples.Refuse(Samples.Regression().With("/metadata", $$"""{"{{name}}": "x"}""")));
        AssertViolation(violation, "/metadata", ViolationCodes.InvalidLength, "at most 500 characters. Received: one of 501.");
    }

    [Fact]
    public void Long_names_around_many_values_cost_little()
    {
        const int levels = DocumentRules.MaxDepth - 3;
        var open = $$"""{"{{new string('k', DocumentRules.LongestName)}}":""";
        var body = $"{string.Concat(Enumerable.Repeat(open, levels))}[{string.Join(',', Enumerable.Repeat("{}", 20_000))}]{new string('}', levels)}";
        using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1_000 });
        var before = GC.GetAllocatedBytesForCurrentThread();

        Samples.Refuse(json.RootElement);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000); // a pointer per value would be a gigabyte
    }

    [Fact]
    public void A_feature_that_is_computed_only_at_its_default_is_refused_by_name()
    {
        var violation = ViolationIn<OptimizerSpec>("""{"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": "adam", "dynamic": false}}""");
        AssertViolation(violation, "/config/dynamic", ViolationCodes.UnsupportedValue, "this engine computes dynamic only at its default, true. Received: false.");
        AssertViolation(
            LayerViolation("Dense", """{"units": 3, "quantization_config": {"class_name": "Int8QuantizationConfig", "config": {}}}"""), "/config/quantization_config",
            ViolationCodes.UnsupportedValue, "quantization_config only at its default, null");
        AssertViolation(
            ViolationIn<CallbackSpec>("""{"class_name": "TensorBoard", "config": {"profile_batch": 2}}"""), "/config/profile_batch", ViolationCodes.UnsupportedValue, "0");
    }

    [Theory]
    [InlineData("""{"use_ema": false, "loss_scale_factor": null, "decay": 0.0, "ema_momentum": 0.99, "name": "adam", "jit_compile": true}""")]
    [InlineData("""{"weight_decay": null, "gradient_accumulation_steps": null}""")]
    [InlineData("""{"lr": 0.01}""")]
    public void Defaults_and_what_only_matters_to_Python_are_accepted(string config)
    {
        Assert.IsType<Adam>(ContractsJson.TryRead<OptimizerSpec>(Samples.Raw($$"""{"class_name": "Adam", "config": {{config}}}"""), out var violations));
        Assert.Empty(violations);
    }

    [Fact]
    public void Lengths_and_forms_of_texts_are_checked()
    {
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/name", "\"\"")), "/name", ViolationCodes.InvalidLength, "expected 1 to 200 characters. Received: 0.");
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/name", $"\"{new string('x', 201)}\"")), "/name", ViolationCodes.InvalidLength, "Received: 201.");
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/resources", """{"device": "tpu"}""")), "/resources/device", ViolationCodes.InvalidFormat, "\"auto\", \"cpu\" or \"cuda\"");
        AssertViolation(LayerViolation("Dense", """{"units": 3, "name": "a/b"}"""), "/config/name", ViolationCodes.InvalidFormat, "slashes");
        AssertViolation(ViolationIn<CallbackSpec>("""{"class_name": "CSVLogger", "config": {"separator": "ab"}}"""), "/config/separator", ViolationCodes.InvalidLength, "1 character.");
        AssertViolation(ViolationIn<CallbackSpec>("""{"class_name": "CSVLogger", "config": {"filename": "../x"}}"""), "/config/filename", ViolationCodes.InvalidFormat, "file name");
    }

    [Fact]
    public void Tags_metadata_and_export_have_limits()
    {
        var tags = $"[{string.Join(',', Enumerable.Repeat("\"t\"", 51))}]";
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/tags", tags)), "/tags", ViolationCodes.TooMany, "at most 50 entries. Received: 51.");
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/tags", $"[\"a\", \"{new string('x', 101)}\"]")), "/tags/1", ViolationCodes.InvalidLength, "1 to 100");
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/tags", "[null]")), "/tags/0", ViolationCodes.NullNotAllowed, "a text");
        var metadata = $"{{{string.Join(',', Enumerable.Range(0, 51).Select(index => $"\"k{index}\": \"v\""))}}}";
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/metadata", metadata)), "/metadata", ViolationCodes.TooMany, "at most 50 entries");
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/metadata", $"{{\"a/b\": \"{new string('x', 501)}\"}}")), "/metadata/a~1b", ViolationCodes.InvalidLength, "0 to 500");
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/metadata", "{\"a\": 1}")), "/metadata/a", ViolationCodes.WrongType, "a text");
        var steps = $"[{string.Join(',', Enumerable.Repeat("{\"skip\": {\"count\": 0}}", 101))}]";
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/data/train/pipeline", steps)), "/data/train/pipeline", ViolationCodes.TooMany, "at most 100");
        AssertViolation(Samples.RefuseOne(Samples.Regression().With("/export", "[\"keras\"]")), "/export", ViolationCodes.TooMany, "at most 0 entries");
    }

    [Theory, InlineData("null"), InlineData("[]"), InlineData("3"), InlineData("\"job\"")]
    public void A_body_that_is_no_object_is_refused(string body) => Assert.Equal("", Assert.Single(Samples.Refuse(Samples.Raw(body))).Pointer);

    [Fact]
    public void A_body_that_is_not_there_is_refused() => Assert.Equal("", Assert.Single(Samples.Refuse(default(JsonElement))).Pointer);

    [Fact]
    public void A_hostile_body_costs_no_more_than_a_hundred_violations()
    {
        var body = new StringBuilder("{");
        for (var index = 0; index < 20_000; index++)
            body.Append($"\"field_{index}\": 0,");
        Assert.Equal(100, Samples.Refuse(Samples.Raw(body.Append("\"x\": 0}").ToString())).Count);
    }
}
