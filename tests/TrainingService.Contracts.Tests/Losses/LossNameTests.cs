using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Losses;

public sealed class LossNameTests
{
    [Theory]
    [InlineData("bce", typeof(BinaryCrossentropy)), InlineData("BCE", typeof(BinaryCrossentropy)), InlineData("kld", typeof(KLDivergence))]
    [InlineData("KLD", typeof(KLDivergence)), InlineData("mae", typeof(MeanAbsoluteError)), InlineData("MAE", typeof(MeanAbsoluteError))]
    [InlineData("mse", typeof(MeanSquaredError)), InlineData("MSE", typeof(MeanSquaredError)), InlineData("mape", typeof(MeanAbsolutePercentageError))]
    [InlineData("MAPE", typeof(MeanAbsolutePercentageError)), InlineData("msle", typeof(MeanSquaredLogarithmicError)), InlineData("MSLE", typeof(MeanSquaredLogarithmicError))]
    [InlineData("huber", typeof(Huber)), InlineData("log_cosh", typeof(LogCosh)), InlineData("kl_divergence", typeof(KLDivergence)), InlineData("ctc", typeof(CTC))]
    [InlineData("categorical_generalized_cross_entropy", typeof(CategoricalGeneralizedCrossEntropy)), InlineData("crossentropy", typeof(CrossentropyByShape))]
    [InlineData("ce", typeof(CrossentropyByShape)), InlineData("CE", typeof(CrossentropyByShape)), InlineData("Poisson", typeof(Poisson))]
    public void A_loss_has_Keras_s_names(string name, Type record) => Assert.IsType(record, Read<LossSpec>($"\"{name}\""));

    [Fact]
    public void A_null_reduction_keeps_the_values()
    {
        Assert.Equal(Reduction.None, Read<LossSpec>("""{"class_name": "Huber", "config": {"reduction": null}}""").Reduction);
        Assert.Equal(Reduction.None, Read<LossSpec>("""{"class_name": "Huber", "config": {"reduction": "none"}}""").Reduction);
        Assert.Contains("\"reduction\":null", JsonSerializer.Serialize<LossSpec>(new Huber { Reduction = Reduction.None }, ContractsJson.Options));
        var violation = Samples.RefuseOne(Samples.Regression().With("/compile/loss", """{"class_name": "MeanSquaredError", "config": {"reduction": null}}"""));
        Assert.Equal(("/compile/loss/config/reduction", ViolationCodes.UnsupportedValue), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void Crossentropy_is_the_kind_that_the_shapes_ask_for()
    {
        var loss = new CrossentropyByShape { Reduction = Reduction.Sum };
        Assert.Equal(new BinaryCrossentropy { Reduction = Reduction.Sum }, loss.Resolve(new Shape([null]), new Shape(null, 1)));
        Assert.Equal(new SparseCategoricalCrossentropy { Reduction = Reduction.Sum }, loss.Resolve(new Shape([null]), new Shape(null, 3)));
        Assert.Equal(new SparseCategoricalCrossentropy { Reduction = Reduction.Sum }, loss.Resolve(new Shape(null, 1), new Shape(null, 3)));
        Assert.Equal(new CategoricalCrossentropy { Reduction = Reduction.Sum }, loss.Resolve(new Shape(null, 3), new Shape(null, 3)));
        var submitted = Samples.Accept(Samples.MnistCnn().With("/compile/loss", "\"crossentropy\""));
        Assert.IsType<SparseCategoricalCrossentropy>(Assert.Single(submitted.Spec.Compile.Loss));
    }

    [Fact]
    public void A_loss_among_the_metrics_is_the_mean_of_its_values()
    {
        Assert.Equal(new MeanMetricWrapper(new Huber()) { Name = "huber" }, Read<MetricSpec>("\"huber\""));
        Assert.Equal(new MeanMetricWrapper(new Huber(2)) { Name = "h" }, Read<MetricSpec>("""{"class_name": "Huber", "config": {"delta": 2.0, "name": "h"}}"""));
        Assert.Equal(new MeanMetricWrapper(new Dice()) { Name = "dice" }, Read<MetricSpec>("""{"module": "builtins", "class_name": "function", "config": "dice", "registered_name": "function"}"""));
        Assert.Equal("huber", Read<MetricSpec>("""{"class_name": "Huber", "config": {}}""").DefaultName);
        Assert.IsType<MeanSquaredErrorMetric>(Read<MetricSpec>("\"mse\""));
        Assert.IsType<AUC>(Read<MetricSpec>("\"AUC\""));
        Assert.IsType<AccuracyByShape>(Read<MetricSpec>("\"Accuracy\""));
        Assert.IsType<Accuracy>(Read<MetricSpec>("""{"class_name": "Accuracy"}"""));
    }

    [Fact]
    public void A_wrapped_function_has_its_arguments_beside_it()
    {
        const string Keras = """{"class_name": "MeanMetricWrapper", "config": {"name": "h", "dtype": "float32", "fn": {"module": "builtins", "class_name": "function", "config": "huber"}, "delta": 2.0}}""";
        Assert.Equal(new MeanMetricWrapper(new Huber(2)) { Name = "h", Dtype = "float32" }, Read<MetricSpec>(Keras));
        Assert.Equal("/config/delta", Refuse<MetricSpec>(Keras.Replace("2.0", "-2.0")).Pointer);
        Assert.Equal("/config/gamma", Refuse<MetricSpec>(Keras.Replace("delta", "gamma")).Pointer);
        Assert.Equal("/config/fn", Refuse<MetricSpec>("""{"class_name": "MeanMetricWrapper", "config": {"fn": "my_function"}}""").Pointer);
    }

    [Fact]
    public void A_figure_of_several_numbers_has_a_key_for_each()
    {
        var job = Samples.Regression().With("/compile/metrics", """[{"class_name": "Precision", "config": {"thresholds": [0.25, 0.75]}}]""");
        Samples.Accept(job.With("/fit", """{"callbacks": [{"class_name": "EarlyStopping", "config": {"monitor": "val_precision_1"}}]}"""));
        Assert.Contains("precision_0", Samples.RefuseOne(job.With("/fit", """{"callbacks": [{"class_name": "EarlyStopping", "config": {"monitor": "val_precision"}}]}""")).Message);
    }

    [Theory]
    [InlineData("""{"class_name": "Precision", "config": {"top_k": 3}}""", "top_k")]
    [InlineData("""{"class_name": "Recall", "config": {"class_id": 1}}""", "class_id")]
    [InlineData("""{"class_name": "AUC", "config": {"num_labels": 1}}""", "num_labels")]
    [InlineData("""{"class_name": "AUC", "config": {"label_weights": [1, 2]}}""", "label_weights")]
    [InlineData("""{"class_name": "PearsonCorrelation", "config": {"axis": 2}}""", "axis")]
    [InlineData("""{"class_name": "TopKCategoricalAccuracy", "config": {"k": 2}}""", "k")]
    [InlineData("""{"class_name": "IoU", "config": {"num_classes": 2, "target_class_ids": [2]}}""", "target_class_ids")]
    public void A_metric_that_the_outputs_do_not_fit_is_refused_at_its_field(string metric, string field)
    {
        var violation = Samples.RefuseOne(Samples.Regression().With("/compile/metrics", $"[{metric}]"));
        Assert.Equal(($"/compile/metrics/0/config/{field}", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void A_mean_of_values_alone_is_no_metric_of_a_job() =>
        Assert.Equal("/compile/metrics/0", Samples.RefuseOne(Samples.Regression().With("/compile/metrics", "[\"mean\"]")).Pointer);

    private static T Read<T>(string json) where T : class
    {
        var spec = ContractsJson.TryRead<T>(Samples.Raw(json), out var violations);
        Assert.Empty(violations);
        return spec!;
    }

    private static Violation Refuse<T>(string json) where T : class
    {
        Assert.Null(ContractsJson.TryRead<T>(Samples.Raw(json), out var violations));
        return Assert.Single(violations);
    }
}
