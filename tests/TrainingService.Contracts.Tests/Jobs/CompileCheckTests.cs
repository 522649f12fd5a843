using System.Text.Json.Nodes;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Metrics;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class CompileCheckTests
{
    private static JsonObject OneHotJob(string loss) => Samples.Parse($$"""
        {
          "model": {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 3, "activation": "softmax"} }]} },
          "compile": {"loss": "{{loss}}", "metrics": ["accuracy"]},
          "data": {"train": {"dataset": "one_hot"} }
        }
        """);

    [Theory]
    [InlineData("categorical_crossentropy", "for integer labels use sparse_categorical_crossentropy")]
    [InlineData("mse", "labels and outputs of one shape")]
    public void A_loss_that_does_not_take_the_labels_is_refused(string loss, string why)
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/compile/loss", $"\"{loss}\""));
        Assert.Equal(("/compile/loss", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Contains(why, violation.Message);
    }

    [Fact]
    public void Ten_classes_into_five_units_are_refused_at_the_units()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/model/config/layers/8/config/units", "5"));
        Assert.Equal(("/model/config/layers/8/config/units", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Contains("mnist has 10 classes. Received: 5 outputs.", violation.Message);
        Samples.Accept(Samples.MnistCnn().With("/model/config/layers/8/config/units", "12"));
    }

    [Fact]
    public void Binary_cross_entropy_on_ten_classes_is_refused()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/model/config/layers/8/config/units", "1").With("/compile/loss", "\"binary_crossentropy\""));
        Assert.Equal("/compile/loss", violation.Pointer);
        Assert.Contains("10 classes", violation.Message);
    }

    [Fact]
    public void Only_one_way_of_clipping()
    {
        var job = Samples.Regression().With("/compile/optimizer", """{"class_name": "SGD", "config": {"clipnorm": 1.0, "clipvalue": 0.5}}""");
        var violation = Samples.RefuseOne(job);
        Assert.Equal(("/compile/optimizer/config/clipvalue", ViolationCodes.Conflict), (violation.Pointer, violation.Code));
        Assert.Contains("clipnorm and clipvalue", violation.Message);
    }

    [Fact]
    public void Accuracy_is_the_kind_that_the_shapes_ask_for_and_keeps_its_name()
    {
        var sparse = Assert.Single(Samples.Accept(Samples.MnistCnn()).Spec.Compile.Metrics!);
        Assert.Equal("accuracy", Assert.IsType<SparseCategoricalAccuracy>(sparse).Name);
        var categorical = Assert.Single(Samples.Accept(OneHotJob("categorical_crossentropy")).Spec.Compile.Metrics!);
        Assert.Equal("accuracy", Assert.IsType<CategoricalAccuracy>(categorical).Name);
        var binary = Assert.Single(Samples.Accept(Samples.Regression().With("/compile/metrics", "[\"acc\"]")).Spec.Compile.Metrics!);
        Assert.Equal("acc", Assert.IsType<BinaryAccuracy>(binary).Name);
    }

    [Fact]
    public void A_metric_that_cannot_compare_the_labels_is_refused()
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/compile/metrics", "[\"accuracy\", \"categorical_accuracy\"]"));
        Assert.Equal(("/compile/metrics/1", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Equal(ViolationCodes.ShapeConflict, Samples.RefuseOne(OneHotJob("categorical_crossentropy").With("/compile/metrics", "[\"sparse_categorical_accuracy\"]")).Code);
    }

    [Fact]
    public void Every_figure_has_a_name_of_its_own()
    {
        var twice = Samples.RefuseOne(Samples.Regression().With("/compile/metrics", """["mae", {"class_name": "MeanSquaredError", "config": {"name": "mae"}}]"""));
        Assert.Equal(("/compile/metrics/1/config/name", ViolationCodes.DuplicateName), (twice.Pointer, twice.Code));
        var reserved = Samples.RefuseOne(Samples.Regression().With("/compile/metrics", """[{"class_name": "MeanSquaredError", "config": {"name": "val_mse"}}]"""));
        Assert.Equal(ViolationCodes.ReservedName, reserved.Code);
    }

    [Fact]
    public void A_metric_without_a_name_gets_Keras_s()
    {
        var job = Samples.Regression().With("/compile/metrics", """[{"class_name": "MeanSquaredError", "config": {}}]""");
        Assert.Equal("mean_squared_error", Assert.Single(Samples.Accept(job).Spec.Compile.Metrics!).Name);
    }

    [Fact]
    public void An_output_of_several_learns_and_its_figures_have_its_name()
    {
        var submission = Samples.Accept(Samples.Graph());
        Assert.Equal(["code", "price"], submission.Model.Outputs!.Select(output => output.Name));
        var refused = Samples.RefuseOne(Samples.Graph().With("/fit/callbacks/0/config/monitor", "\"val_mae\""));
        Assert.Equal(ViolationCodes.UnknownMonitor, refused.Code);
        Assert.Contains("\"val_price_mae\"", refused.Message);
    }

    [Fact]
    public void Losses_and_metrics_that_do_not_fit_the_outputs_are_refused_at_their_field()
    {
        Assert.Equal("/compile/loss", Samples.RefuseOne(Samples.Graph().With("/compile/loss", "\"mse\"").Without("/compile/loss_weights").Without("/fit")).Pointer);
        Assert.Equal("/compile/loss", Samples.RefuseOne(Samples.Graph().With("/compile/loss", "{\"cost\": \"mse\"}").Without("/fit")).Pointer);
        Assert.Equal("/compile/metrics", Samples.RefuseOne(Samples.Graph().With("/compile/metrics", "[\"mae\", \"mse\"]").Without("/fit")).Pointer);
        Assert.Equal("/compile/loss_weights", Samples.RefuseOne(Samples.Graph().With("/compile/loss_weights", "{\"code\": 1.0}")).Pointer);
    }
}
