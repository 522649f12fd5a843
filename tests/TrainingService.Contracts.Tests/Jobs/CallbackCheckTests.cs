using System.Text.Json.Nodes;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class CallbackCheckTests
{
    private const string First = "/fit/callbacks/0";

    private static JsonObject With(string className, string config) =>
        Samples.Regression().With("/fit", $$"""{"callbacks": [{"class_name": "{{className}}", "config": {{config}} }]}""");

    private static JsonObject Checkpoint(string filepath) => With("ModelCheckpoint", $$"""{"filepath": "{{filepath}}"}""");

    [Fact]
    public void A_figure_that_will_not_exist_is_refused_with_those_that_will()
    {
        var violation = Samples.RefuseOne(With("EarlyStopping", """{"monitor": "val_mea"}"""));
        Assert.Equal(($"{First}/config/monitor", ViolationCodes.UnknownMonitor), (violation.Pointer, violation.Code));
        Assert.Contains("\"loss\", \"mae\", \"val_loss\", \"val_mae\".", violation.Message);
        Assert.Equal("did you mean \"val_mae\"?", violation.Hint);
    }

    [Fact]
    public void Validation_figures_need_validation_rows()
    {
        var violation = Samples.RefuseOne(With("EarlyStopping", "{}").Without("/data/validation"));
        Assert.Equal($"{First}/config/monitor", violation.Pointer);
        Assert.Equal("val_… figures need data.validation", violation.Hint);
        Assert.Contains("validation_freq", Samples.RefuseOne(With("EarlyStopping", "{}").With("/fit/validation_freq", "2")).Hint);
        Samples.Accept(With("EarlyStopping", """{"monitor": "loss"}""").Without("/data/validation"));
    }

    [Fact]
    public void A_checkpoint_of_every_epoch_watches_nothing()
    {
        Samples.Accept(With("ModelCheckpoint", "{}").Without("/data/validation"));
        Assert.Equal(ViolationCodes.UnknownMonitor, Samples.RefuseOne(With("ModelCheckpoint", """{"save_best_only": true}""").Without("/data/validation")).Code);
    }

    [Fact]
    public void Mode_auto_must_know_which_way_is_better()
    {
        var violation = Samples.RefuseOne(With("ReduceLROnPlateau", """{"monitor": "learning_rate"}"""));
        Assert.Equal($"{First}/config/mode", violation.Pointer);
        Samples.Accept(With("ReduceLROnPlateau", """{"monitor": "learning_rate", "mode": "min"}"""));
    }

    [Fact]
    public void The_learning_rate_is_a_figure_behind_the_callback_that_logs_it()
    {
        const string Stopping = """{"class_name": "EarlyStopping", "config": {"monitor": "learning_rate", "mode": "min"}}""";
        const string Plateau = """{"class_name": "ReduceLROnPlateau", "config": {}}""";
        Assert.Equal($"{First}/config/monitor", Samples.RefuseOne(Samples.Regression().With("/fit", $$"""{"callbacks": [{{Stopping}}, {{Plateau}}]}""")).Pointer);
        Samples.Accept(Samples.Regression().With("/fit", $$"""{"callbacks": [{{Plateau}}, {{Stopping}}]}"""));
    }

    [Fact]
    public void A_monitor_is_not_judged_while_a_metric_could_not_be_read()
    {
        var job = With("EarlyStopping", """{"monitor": "val_rmse"}""").With("/compile/metrics", "[\"rmse\"]");
        Assert.Equal("/compile/metrics/0", Samples.RefuseOne(job).Pointer);
    }

    [Theory]
    [InlineData("best.safetensors")]
    [InlineData("e-{epoch:02d}-{val_loss:.2f}.safetensors")]
    [InlineData("{epoch}.safetensors")]
    [InlineData("m-{mae:08.3f}-{val_mae:.0f}.safetensors")]
    public void A_checkpoint_s_name_may_hold_figures(string filepath) =>
        Assert.Equal(filepath, ((ModelCheckpoint)Samples.Accept(Checkpoint(filepath)).Spec.Fit!.Callbacks![0]).Filepath);

    [Theory]
    [InlineData("best.keras", ViolationCodes.UnsupportedValue, "does not write .keras files")]
    [InlineData("best.weights.h5", ViolationCodes.UnsupportedValue, "does not write .h5 files")]
    [InlineData("best.bin", ViolationCodes.InvalidFormat, "ends in .safetensors")]
    [InlineData("best", ViolationCodes.InvalidFormat, "ends in .safetensors")]
    [InlineData(".safetensors", ViolationCodes.InvalidFormat, "file name")]
    [InlineData("../best.safetensors", ViolationCodes.InvalidFormat, "without folders")]
    [InlineData("a/b.safetensors", ViolationCodes.InvalidFormat, "without folders")]
    [InlineData("a b.safetensors", ViolationCodes.InvalidFormat, "file name")]
    [InlineData("model.safetensors", ViolationCodes.ReservedName, "the job itself writes")]
    [InlineData("{batch}.safetensors", ViolationCodes.UnknownMonitor, "\"epoch\", \"loss\"")]
    [InlineData("{epoch:.2f}.safetensors", ViolationCodes.InvalidFormat, "{epoch:02d}")]
    [InlineData("{loss:02d}.safetensors", ViolationCodes.InvalidFormat, "{loss:.2f}")]
    [InlineData("{loss:.3e}.safetensors", ViolationCodes.InvalidFormat, "{loss:.2f}")]
    [InlineData("{loss}.safetensors", ViolationCodes.InvalidFormat, "{loss:.2f}")]
    [InlineData("{epoch.safetensors", ViolationCodes.InvalidFormat, "file name")]
    public void A_checkpoint_s_name_must_be_a_safe_file_name_of_a_format_that_is_written(string filepath, string code, string why)
    {
        var violation = Samples.RefuseOne(Checkpoint(filepath));
        Assert.Equal(($"{First}/config/filepath", code), (violation.Pointer, violation.Code));
        Assert.Contains(why, violation.Message);
    }

    [Theory]
    [InlineData("""{"save_best_only": true}""", "best.weights.safetensors")]
    [InlineData("{}", "epoch-{epoch:02d}.weights.safetensors")]
    public void A_checkpoint_without_a_name_gets_one(string config, string filepath) =>
        Assert.Equal(filepath, ((ModelCheckpoint)Samples.Accept(With("ModelCheckpoint", config)).Spec.Fit!.Callbacks![0]).Filepath);

    [Fact]
    public void Two_callbacks_do_not_write_one_file()
    {
        var job = With("ModelCheckpoint", "{}");
        job["fit"]!["callbacks"]!.AsArray().Add(JsonNode.Parse("""{"class_name": "ModelCheckpoint", "config": {}}"""));
        Assert.Equal(("/fit/callbacks/1/config/filepath", ViolationCodes.DuplicateName), (Samples.RefuseOne(job).Pointer, Samples.RefuseOne(job).Code));
    }

    [Fact]
    public void A_csv_log_does_not_overwrite_the_job_s_files()
    {
        Assert.Equal(ViolationCodes.ReservedName, Samples.RefuseOne(With("CSVLogger", """{"filename": "config.json"}""")).Code);
        Samples.Accept(With("CSVLogger", "{}"));
    }

    [Theory, InlineData("1.0"), InlineData("1.5"), InlineData("-0.1")]
    public void A_factor_that_does_not_lower_the_rate_is_refused(string factor) =>
        Assert.Equal($"{First}/config/factor", Samples.RefuseOne(With("ReduceLROnPlateau", $$"""{"factor": {{factor}} }""")).Pointer);
}
