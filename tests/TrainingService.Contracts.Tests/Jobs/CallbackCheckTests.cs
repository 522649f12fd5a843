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
        Assert.Equal("val_… figures need data.validation or fit.validation_split", violation.Hint);
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

    [Theory]
    [InlineData("""{"save_freq": 5, "filepath": "m-{epoch}-{batch:04d}-{loss:.2f}.safetensors"}""")]
    [InlineData("""{"save_freq": 5, "save_best_only": true, "monitor": "mae"}""")]
    [InlineData("""{"save_freq": 5}""")]
    [InlineData("""{"save_weights_only": true, "filepath": "w.weights.safetensors"}""")]
    public void A_checkpoint_may_count_batches(string config) => Samples.Accept(With("ModelCheckpoint", config));

    [Theory]
    [InlineData("""{"save_freq": 5, "save_best_only": true}""", "monitor", "only at the end of an epoch")]
    [InlineData("""{"save_freq": 5, "filepath": "{val_loss:.2f}.safetensors"}""", "filepath", null)]
    [InlineData("""{"save_freq": 0}""", "save_freq", null)]
    [InlineData("""{"save_freq": "batch"}""", "save_freq", null)]
    [InlineData("""{"save_freq": true}""", "save_freq", null)]
    [InlineData("""{"save_weights_only": true, "filepath": "w.safetensors"}""", "filepath", null)]
    [InlineData("""{"save_weights_only": true, "filepath": "w.weights.h5"}""", "filepath", "w.weights.safetensors")]
    public void A_checkpoint_inside_an_epoch_knows_only_what_there_is(string config, string field, string? hint)
    {
        var violation = Samples.RefuseOne(With("ModelCheckpoint", config));
        Assert.Equal($"{First}/config/{field}", violation.Pointer);
        if (hint is not null)
            Assert.Contains(hint, violation.Hint);
    }

    [Theory]
    [InlineData("[0.1, 0.01]")]
    [InlineData("\"0.1 / (1 + epoch)\"")]
    [InlineData("\"lr if epoch < 3 else lr * exp(-0.1)\"")]
    [InlineData("\"0.1 if epoch < 1 else 0.01 if epoch < 2 else 0\"")]
    public void A_schedule_is_a_list_or_a_formula(string schedule) =>
        Samples.Accept(With("LearningRateScheduler", $$"""{"schedule": {{schedule}} }""").With("/fit/epochs", "2"));

    [Theory]
    [InlineData("[0.1]", "a rate for each of the 2 epochs")]
    [InlineData("[0.1, -1]", "0 to 1000000")]
    [InlineData("[]", "rates")]
    [InlineData("0.1", "a list of rates, an expression or a schedule")]
    [InlineData("\"lambda epoch: 0.1\"", "':' at character 13")]
    [InlineData("\"open('x')\"", "'")]
    [InlineData("\"0.1 *\"", "the end")]
    [InlineData("\"0.1 / epoch\"", "in epoch 0")]
    [InlineData("\"0.5 - epoch\"", "in epoch 1")]
    public void A_schedule_must_give_a_rate_for_every_epoch(string schedule, string why)
    {
        var violation = Assert.Single(Samples.Refuse(With("LearningRateScheduler", $$"""{"schedule": {{schedule}} }""").With("/fit/epochs", "2")), violation => violation.Pointer.StartsWith($"{First}/config/schedule", StringComparison.Ordinal));
        Assert.Contains(why, violation.Message);
    }

    [Theory]
    [InlineData("LambdaCallback", "Python")]
    [InlineData("OrbaxCheckpoint", "ModelCheckpoint")]
    public void A_callback_that_no_job_can_have_says_why(string className, string why)
    {
        var violation = Samples.RefuseOne(With(className, "{}"));
        Assert.Equal(($"{First}/class_name", ViolationCodes.UnsupportedValue), (violation.Pointer, violation.Code));
        Assert.Contains(why, violation.Message);
    }

    [Theory]
    [InlineData("""{"root": "file:///etc/passwd", "path": ""}""", "root")]
    [InlineData("""{"root": "ftp://example.com"}""", "root")]
    [InlineData("""{"root": "https://user@example.com"}""", "root")]
    [InlineData("""{"root": "https://example.com", "path": "/a\r\nHost: b"}""", "root")]
    [InlineData("""{"root": "https://example.com", "headers": {"Host": "b"}}""", "headers")]
    [InlineData("""{"root": "https://example.com", "headers": {"authorization": "Bearer b"}}""", "headers")]
    [InlineData("""{"root": "https://example.com", "headers": {"X-Team": "a\r\nb: c"}}""", "headers")]
    [InlineData("""{"root": "https://example.com", "headers": {"X Team": "a"}}""", "headers")]
    public void C04_A_webhook_needs_a_clean_address_and_clean_headers(string config, string field) =>
        Assert.Equal($"{First}/config/{field}", Samples.RefuseOne(With("RemoteMonitor", config)).Pointer);

    [Fact]
    public void What_every_job_has_may_be_named()
    {
        Samples.Accept(With("BackupAndRestore", """{"backup_dir": "/tmp/backup", "save_freq": 100, "delete_checkpoint": false}"""));
        Samples.Accept(With("History", "{}"));
        Samples.Accept(With("ProgbarLogger", "{}"));
        Assert.Equal($"{First}/config/backup_dir", Samples.RefuseOne(With("BackupAndRestore", """{"backup_dir": ""}""")).Pointer);
    }

    [Fact]
    public void Event_files_have_a_folder_of_their_own()
    {
        Assert.Equal("logs/fit", ((TensorBoard)Samples.Accept(With("TensorBoard", """{"log_dir": "./logs/fit/", "update_freq": "batch"}""")).Spec.Fit!.Callbacks![0]).LogDir);
        foreach (var folder in (string[])["/tmp/logs", "../logs", "a//b", ".hidden", "a b", "a/b/c/d/e"])
            Assert.Equal($"{First}/config/log_dir", Samples.RefuseOne(With("TensorBoard", $$"""{"log_dir": "{{folder}}"}""")).Pointer);
        foreach (var field in (string[])["profile_batch", "embeddings_freq"])
            Assert.Equal($"{First}/config/{field}", Samples.RefuseOne(With("TensorBoard", $$"""{"{{field}}": 2}""")).Pointer);
        var twice = With("TensorBoard", "{}");
        twice["fit"]!["callbacks"]!.AsArray().Add(JsonNode.Parse("""{"class_name": "TensorBoard", "config": {"log_dir": "./logs"}}"""));
        Assert.Equal(ViolationCodes.DuplicateName, Samples.RefuseOne(twice).Code);
    }

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
