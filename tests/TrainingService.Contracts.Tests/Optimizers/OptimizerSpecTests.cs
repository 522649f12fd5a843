using TrainingService.Contracts.Json;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Schedules;

namespace TrainingService.Contracts.Tests.Optimizers;

public sealed class OptimizerSpecTests
{
    private const string Inner = """{"class_name": "SGD", "config": {"momentum": 0.9}}""";

    private static OptimizerSpec Read(string json)
    {
        var spec = ContractsJson.TryRead<OptimizerSpec>(Samples.Raw(json), out var violations);
        Assert.Empty(violations);
        return spec!;
    }

    [Theory]
    [InlineData("SGD", "momentum", "1.5", ViolationCodes.OutOfRange)]
    [InlineData("SGD", "momentum", "\"much\"", ViolationCodes.WrongType)]
    [InlineData("SGD", "nesterov", "1", ViolationCodes.WrongType)]
    [InlineData("SGD", "learning_rate", "-0.1", ViolationCodes.OutOfRange)]
    [InlineData("SGD", "learning_rate", "null", ViolationCodes.NullNotAllowed)]
    [InlineData("SGD", "learning_rate", "\"fast\"", ViolationCodes.WrongType)]
    [InlineData("SGD", "learning_rate", "1e999", ViolationCodes.NotFinite)]
    [InlineData("SGD", "rho", "0.9", ViolationCodes.UnknownField)]
    [InlineData("RMSprop", "rho", "-0.1", ViolationCodes.OutOfRange)]
    [InlineData("RMSprop", "momentum", "2", ViolationCodes.OutOfRange)]
    [InlineData("RMSprop", "epsilon", "-1e-7", ViolationCodes.OutOfRange)]
    [InlineData("RMSprop", "centered", "\"yes\"", ViolationCodes.WrongType)]
    [InlineData("Adam", "beta_1", "1.0", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "beta_2", "-0.5", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "amsgrad", "null", ViolationCodes.NullNotAllowed)]
    [InlineData("Adam", "weight_decay", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "clipnorm", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "clipvalue", "[1]", ViolationCodes.WrongType)]
    [InlineData("Adam", "global_clipnorm", "\"1\"", ViolationCodes.WrongType)]
    [InlineData("Adam", "use_ema", "null", ViolationCodes.NullNotAllowed)]
    [InlineData("Adam", "ema_momentum", "1.01", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "ema_overwrite_frequency", "0", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "ema_overwrite_frequency", "2.5", ViolationCodes.NotAnInteger)]
    [InlineData("Adam", "loss_scale_factor", "0", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "gradient_accumulation_steps", "1", ViolationCodes.OutOfRange)]
    [InlineData("Adam", "decay", "-1e-6", ViolationCodes.OutOfRange)]
    [InlineData("AdamW", "beta_1", "1.5", ViolationCodes.OutOfRange)]
    [InlineData("AdamW", "weight_decay", "null", ViolationCodes.Conflict)]
    [InlineData("Adadelta", "rho", "1.1", ViolationCodes.OutOfRange)]
    [InlineData("Adagrad", "initial_accumulator_value", "-0.1", ViolationCodes.OutOfRange)]
    [InlineData("Adamax", "beta_2", "1", ViolationCodes.OutOfRange)]
    [InlineData("Nadam", "beta_1", "true", ViolationCodes.WrongType)]
    [InlineData("Ftrl", "learning_rate_power", "0.5", ViolationCodes.OutOfRange)]
    [InlineData("Ftrl", "l1_regularization_strength", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Ftrl", "l2_regularization_strength", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Ftrl", "l2_shrinkage_regularization_strength", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Ftrl", "initial_accumulator_value", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Lion", "beta_1", "0", ViolationCodes.OutOfRange)]
    [InlineData("Lamb", "epsilon", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Adafactor", "beta_2_decay", "0.8", ViolationCodes.OutOfRange)]
    [InlineData("Adafactor", "clip_threshold", "0", ViolationCodes.OutOfRange)]
    [InlineData("Adafactor", "relative_step", "\"no\"", ViolationCodes.WrongType)]
    [InlineData("Muon", "ns_steps", "-1", ViolationCodes.OutOfRange)]
    [InlineData("Muon", "ns_steps", "5.0", ViolationCodes.NotAnInteger)]
    [InlineData("Muon", "rms_rate", "-0.2", ViolationCodes.OutOfRange)]
    [InlineData("Muon", "exclude_layers", "[\"(\"]", ViolationCodes.Conflict)]
    [InlineData("Muon", "exclude_layers", "[\"(a)\\\\1\"]", ViolationCodes.Conflict)]
    [InlineData("ScheduleFreeAdamW", "warmup_steps", "-1", ViolationCodes.OutOfRange)]
    [InlineData("LossScaleOptimizer", "initial_scale", "0", ViolationCodes.OutOfRange)]
    [InlineData("LossScaleOptimizer", "dynamic_growth_steps", "0", ViolationCodes.OutOfRange)]
    [InlineData("LossScaleOptimizer", "clipnorm", "1.0", ViolationCodes.UnsupportedValue)]
    [InlineData("LossScaleOptimizer", "use_ema", "true", ViolationCodes.UnsupportedValue)]
    public void A_wrong_field_is_refused_where_it_stands(string optimizer, string field, string value, string code)
    {
        var inner = optimizer == "LossScaleOptimizer" ? $$""", "inner_optimizer": {{Inner}}""" : "";
        var json = $$"""{"class_name": "{{optimizer}}", "config": {"{{field}}": {{value}}{{inner}} } }""";
        Assert.Null(ContractsJson.TryRead<OptimizerSpec>(Samples.Raw(json), out var violations));
        var violation = Assert.Single(violations);
        Assert.Equal(($"/config/{field}", code), (violation.Pointer, violation.Code));
    }

    [Theory]
    [InlineData("clipnorm", "global_clipnorm")]
    [InlineData("clipnorm", "clipvalue")]
    [InlineData("global_clipnorm", "clipvalue")]
    public void Two_ways_of_clipping_exclude_each_other_in_every_optimizer(string one, string other)
    {
        foreach (var record in KerasCatalog.Optimizers.Records.Where(record => record.IsSubclassOf(typeof(UpdateRuleSpec))))
        {
            var json = $$"""{"class_name": "{{KerasKind.ClassName(record)}}", "config": {"{{one}}": 1.0, "{{other}}": 0.5} }""";
            Assert.Null(ContractsJson.TryRead<OptimizerSpec>(Samples.Raw(json), out var violations));
            Assert.Equal(($"/config/{other}", ViolationCodes.Conflict), (Assert.Single(violations).Pointer, violations[0].Code));
        }
    }

    [Theory]
    [InlineData("\"rmsprop\"", typeof(RmsProp))]
    [InlineData("\"RMSprop\"", typeof(RmsProp))]
    [InlineData("\"adamw\"", typeof(AdamW))]
    [InlineData("\"schedulefreeadamw\"", typeof(ScheduleFreeAdamW))]
    [InlineData("""{"class_name": "adam", "config": {"lr": 0.01, "decay": 0.0}}""", typeof(Adam))]
    [InlineData("""{"class_name": "Custom>Adam", "config": {"learning_rate": 0.01, "is_legacy_optimizer": false}}""", typeof(Adam))]
    public void A_name_is_read_in_any_case_and_in_every_dialect(string json, Type record) => Assert.IsType(record, Read(json));

    [Fact]
    public void A_rate_is_a_number_or_a_schedule()
    {
        Assert.Equal(new Sgd { LearningRate = 0.5 }, Read("""{"class_name": "SGD", "config": {"learning_rate": 0.5}}"""));
        Assert.Equal(
            new Sgd { LearningRate = new ExponentialDecay(0.1, 10, 0.5) },
            Read("""
                {"class_name": "SGD", "config": {"learning_rate": {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay",
                "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": false, "name": "ExponentialDecay"}, "registered_name": null}}}
                """));
        Assert.Null(ContractsJson.TryRead<OptimizerSpec>(
            Samples.Raw("""{"class_name": "SGD", "config": {"learning_rate": {"class_name": "ExponentialDecai", "config": {} } } }"""), out var violations));
        Assert.Equal(("/config/learning_rate/class_name", ViolationCodes.UnknownClass), (Assert.Single(violations).Pointer, violations[0].Code));
        Assert.Contains("ExponentialDecay", violations[0].Hint);
    }

    [Fact]
    public void Several_optimizers_are_read_as_Keras_writes_them()
    {
        var several = Assert.IsType<MultiOptimizer>(Read($$"""
            {"class_name": "MultiOptimizer", "config": {"name": "m", "loss_scale_factor": null, "optimizer_map": {"module": "keras.optimizers", "class_name": "OptimizerMap",
             "config": {"default_optimizer": {"class_name": "Adam", "config": {} }, "optimizer_map": {"dense/.*": {{Inner}} } }, "registered_name": null} } }
            """));
        Assert.Equal(0.9, Assert.IsType<Sgd>(several.OptimizerMap.ByPath!["dense/.*"]).Momentum);
        Assert.IsType<Adam>(several.OptimizerMap.DefaultOptimizer);
        Assert.Equal(4, several.SlotsPerWeight);
    }

    [Theory]
    [InlineData("""{"default_optimizer": "adam", "optimizer_map": {"(": "sgd"}}""", "/config/optimizer_map/config/optimizer_map")]
    [InlineData("""{"default_optimizer": {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": "sgd"}}}""", "/config/optimizer_map/config/default_optimizer")]
    [InlineData("""{"default_optimizer": "adam", "optimizer_map": {"a": {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": "sgd"}}}}""", "/config/optimizer_map/config/optimizer_map")]
    public void A_wrong_map_is_refused(string map, string pointer)
    {
        var json = $$"""{"class_name": "MultiOptimizer", "config": {"optimizer_map": {"class_name": "OptimizerMap", "config": {{map}} } } }""";
        Assert.Null(ContractsJson.TryRead<OptimizerSpec>(Samples.Raw(json), out var violations));
        Assert.Equal((pointer, ViolationCodes.Conflict), (Assert.Single(violations).Pointer, violations[0].Code));
    }

    [Fact]
    public void Every_path_of_a_map_stands_for_weights_and_no_weight_has_two_optimizers()
    {
        static System.Text.Json.Nodes.JsonObject Job(string map) => Samples.Regression().With("/compile/optimizer", $$"""
            {"class_name": "MultiOptimizer", "config": {"optimizer_map": {"class_name": "OptimizerMap", "config": {"default_optimizer": "adam", "optimizer_map": {{map}} } } } }
            """);
        const string Map = "/compile/optimizer/config/optimizer_map/config/optimizer_map";
        Samples.Accept(Job("""{"dense/kernel": "sgd", "sequential/dense_1/.*": "lion"}"""));
        var twice = Samples.RefuseOne(Job("""{"dense/.*": "sgd", ".*kernel": "lion", "dense_1/kernel": "adam"}"""));
        Assert.Equal((Map, ViolationCodes.Conflict), (twice.Pointer, twice.Code));
        Assert.Contains("dense/kernel", twice.Message);
        var none = Samples.RefuseOne(Job("""{"conv/kernel": "sgd"}"""));
        Assert.Equal((Map + "/conv~1kernel", ViolationCodes.UnknownValue), (none.Pointer, none.Code));
    }

    [Fact]
    public void Loss_scaling_does_not_go_inside_itself()
    {
        Assert.Null(ContractsJson.TryRead<OptimizerSpec>(Samples.Raw("""
            {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": "adam"}}}}
            """), out var violations));
        Assert.Equal("/config/inner_optimizer", Assert.Single(violations).Pointer);
        Assert.Null(ContractsJson.TryRead<OptimizerSpec>(Samples.Raw("""{"class_name": "LossScaleOptimizer", "config": {}}"""), out violations));
        Assert.Equal(("/config/inner_optimizer", ViolationCodes.Required), (Assert.Single(violations).Pointer, violations[0].Code));
    }

    [Fact]
    public void The_memory_of_averages_and_accumulators_is_counted()
    {
        Assert.Equal(2, new Adam().SlotsPerWeight);
        Assert.Equal(5, new Adam(Amsgrad: true) { UseEma = true, GradientAccumulationSteps = 2 }.SlotsPerWeight);
        Assert.Equal(0, new Sgd().SlotsPerWeight);
        Assert.Equal(3, new LossScaleOptimizer(new RmsProp(Momentum: 0.9, Centered: true)).SlotsPerWeight);
    }

    [Fact]
    public void A_callback_that_sets_the_rate_does_not_go_with_a_schedule()
    {
        var job = Samples.Regression()
            .With("/compile/optimizer", """{"class_name": "SGD", "config": {"learning_rate": {"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10}}}}""")
            .With("/fit", """{"callbacks": [{"class_name": "TerminateOnNaN", "config": {}}, {"class_name": "ReduceLROnPlateau", "config": {}}]}""");
        var violation = Samples.RefuseOne(job);
        Assert.Equal(("/fit/callbacks/1", ViolationCodes.Conflict), (violation.Pointer, violation.Code));
        Samples.Accept(job.With("/compile/optimizer", "\"sgd\""));
    }
}
