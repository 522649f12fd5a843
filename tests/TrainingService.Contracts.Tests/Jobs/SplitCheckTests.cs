using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

/// <summary>How the rows of <c>data.train</c> are divided.</summary>
public sealed class SplitCheckTests
{
    [Theory]
    [InlineData(SplitMethod.Random, 100, 0.2, 0.1, null, 70, 20, 10)]
    [InlineData(SplitMethod.Time, 7, 0.3, 0.0, null, 5, 2, 0)]
    [InlineData(SplitMethod.KFold, 103, null, 0.0, 1, 82, 21, 0)]
    [InlineData(SplitMethod.KFold, 103, null, 0.0, 5, 83, 20, 0)]
    public void Sizes_leave_no_row_out(SplitMethod method, long rows, double? validation, double test, int? fold, long train, long watched, long tested) =>
        Assert.Equal((train, watched, tested), new SplitSpec(method, validation, test, Fold: fold).Sizes(rows));

    [Theory]
    [InlineData("""{"method": "hash", "validation": 0.1}""", "key")]
    [InlineData("""{"method": "time", "test": 0.1}""", "sold")]
    [InlineData("""{"method": "stratified", "column": "district"}""", "district")]
    [InlineData("""{"method": "k_fold", "folds": 10, "fold": 10}""", null)]
    [InlineData("""{"seed": 3}""", null)]
    public void A_method_goes_by_the_column_of_its_role(string split, string? column)
    {
        var data = StoredSamples.Accept(StoredSamples.Houses().With("/data/split", split)).Spec.Data;
        Assert.Equal(column, data.Split!.Column);
        Assert.Equal(Subset.Validation, data.Validation!.Subset);
        Assert.Equal(data.Train.Dataset, data.Validation.Dataset);
    }

    [Theory]
    [InlineData("""{"method": "hash", "column": "keys"}""", "/data/split/column", ViolationCodes.UnknownValue)]
    [InlineData("""{"column": "key"}""", "/data/split/column", ViolationCodes.Conflict)]
    [InlineData("""{"method": "k_fold", "validation": 0.2}""", "/data/split/validation", ViolationCodes.Conflict)]
    [InlineData("""{"method": "k_fold", "folds": 3, "fold": 4}""", "/data/split/fold", ViolationCodes.Conflict)]
    [InlineData("""{"folds": 3}""", "/data/split/folds", ViolationCodes.Conflict)]
    [InlineData("""{"validation": 0.6, "test": 0.4}""", "/data/split/test", ViolationCodes.Conflict)]
    [InlineData("""{"validation": 0.0001}""", "/data/split", ViolationCodes.NoRows)]
    [InlineData("""{"method": "sorted"}""", "/data/split/method", ViolationCodes.UnknownValue)]
    [InlineData("""{"method": "time", "seed": 3}""", "/data/split/seed", ViolationCodes.Conflict)]
    public void What_does_not_divide_is_refused_where_it_stands(string split, string place, string code)
    {
        var violation = StoredSamples.RefuseOne(StoredSamples.Houses().With("/data/split", split));
        Assert.Equal((place, code), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void Rows_are_divided_in_one_way_only()
    {
        var job = StoredSamples.Houses().With("/data/split", "{}");
        Assert.Equal("/data/validation", StoredSamples.RefuseOne(job.With("/data/validation", """{"dataset": "houses", "split": "test"}""")).Pointer);
        job.Without("/data/validation");
        Assert.Equal("/fit/validation_split", StoredSamples.RefuseOne(job.With("/fit", """{"validation_split": 0.1}""")).Pointer);
        Assert.Equal("/data/validation/subset", StoredSamples.RefuseOne(StoredSamples.Houses().With("/data/validation", """{"dataset": "houses", "subset": "validation"}""")).Pointer);
    }

    [Fact]
    public void A_part_may_have_a_pipeline_of_its_own()
    {
        var job = StoredSamples.Houses().With("/data/split", "{}").With("/data/validation", """{"subset": "validation", "pipeline": [{"batch": {"batch_size": 7}}]}""");
        var data = StoredSamples.Accept(job).Spec.Data;
        Assert.Equal(("houses@2", new Batch(7)), (data.Validation!.Dataset, data.Validation.Pipeline!.Single()));
        Assert.Null(data.Test);
    }

    [Fact]
    public void Rows_that_cannot_be_counted_are_not_cut_at_their_end()
    {
        var job = StoredSamples.Houses().With("/data/train/pipeline", """[{"filter": {"expression": "area > 0"}}]""").With("/fit", """{"validation_split": 0.1}""");
        var violation = StoredSamples.RefuseOne(job);
        Assert.Equal(("/fit/validation_split", ViolationCodes.Conflict), (violation.Pointer, violation.Code));
    }
}
